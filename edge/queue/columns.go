package queue

import (
	"cmp"
	"slices"

	"markaz.example/edge/id"
)

// column is those of a line who differ in nothing but age. The most senior is always the first of them whom a desk calls,
// so that a play compares columns and not people. An appointment is a column of its own, since its class changes with time.
type column struct {
	entry  // of the first
	as     Waiter
	times  *Times
	people []person // by age
	base   int      // people at the start of a run
	head   int
}

type person struct {
	seniority int64
	since     int64
	number    uint64
}

// alike is what makes people of one column.
type alike struct {
	service id.Service
	claim   claim
	needs   Needs
	number  uint64 // of an appointment
}

func alikeOf(w *Waiter, c claim) alike {
	a := alike{w.Service, c, w.Needs, 0}
	if c.booked {
		a.number = w.Number
	} else {
		a.claim.opens = 0
	}
	return a
}

// columns sorts people into columns, and tells where each stands.
type columns struct {
	all   []column
	place map[alike]int
}

func (c *columns) of(r Rules, w *Waiter) *column {
	e := newEntry(r, w)
	key := alikeOf(w, e.claim)
	at, ok := c.place[key]
	if !ok {
		at = len(c.all)
		c.place[key] = at
		c.all = append(c.all, column{entry: e, as: *w})
	}
	return &c.all[at]
}

func (c *columns) sort() {
	for i := range c.all {
		col := &c.all[i]
		slices.SortFunc(col.people, func(a, b person) int {
			return cmp.Or(cmp.Compare(a.seniority, b.seniority), cmp.Compare(a.since, b.since), cmp.Compare(a.number, b.number))
		})
		col.base = len(col.people)
	}
}

func (c *column) waiting() int { return len(c.people) - c.head }

// front brings the entry up to who is first now.
func (c *column) front() {
	if c.head < len(c.people) {
		p := &c.people[c.head]
		c.seniority, c.since, c.number = p.seniority, p.since, p.number
	}
}

func (c *column) begin() {
	c.people, c.head = c.people[:c.base], 0
	c.front()
}

func (c *column) come(at int64) {
	c.people = append(c.people, person{at, at, stranger})
	if c.waiting() == 1 {
		c.front()
	}
}

// call takes the first out.
func (c *column) call() person {
	p := c.people[c.head]
	c.head++
	c.front()
	return p
}

// stranger is the number of somebody who only may come: higher than any record's.
const stranger = 1<<64 - 1
