// Package history draws what a centre of four desks records, day after day: numbers given at two kiosks, slips printed
// and confirmed, people called, served, and sent on to a second desk. Every person and number is made up.
package history

import (
	"encoding/base32"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Happening is one event of a decision.
type Happening struct {
	Actor, Subject string
	Event          ledger.Event
}

// Decision is one to three events of one moment.
type Decision struct {
	After  time.Duration // since the decision before
	Events []Happening
}

// History is a centre's decisions, one after the other. Names and times are drawn, not repeated, so that the bytes
// compress as those of a real centre do. The same seed gives the same history. It is not for several goroutines.
type History struct {
	People int     // that come in a day
	Quiet  float64 // so many times longer is the time between two decisions than at a busy centre

	random *rand.Rand
	day    time.Time // the business day

	people int // that came today
	tokens map[byte]int
	inside []*guest
	desks  [4]*guest
	next   Decision
}

// guest is a visit on its way: what comes next for it, and where.
type guest struct {
	visit, job string
	step       int // 0: the slip is to be started, 1: to be confirmed, then the line
	stops      []id.Service
	stop       int
}

const (
	peopleADay = 600 // at a busy centre
	hallMax    = 40  // people inside at once
)

var services = []id.Service{"kafaalat", "nashonuma", "loans", "taleemi-wazaif"}

// New begins with a business day: that of the first decision.
func New(seed uint64, first time.Time) *History {
	return &History{People: peopleADay, Quiet: 1, random: rand.New(rand.NewPCG(seed, seed)), day: first}
}

// Next is what happens next.
func (h *History) Next() Decision {
	h.next = Decision{}
	for len(h.next.Events) == 0 { // a guest may find every desk taken
		h.draw()
	}
	return h.next
}

func (h *History) draw() {
	if h.tokens == nil {
		h.morning()
		return
	}
	h.next.After += time.Duration(float64(200+h.random.IntN(9000))*h.Quiet) * time.Millisecond
	switch {
	case h.people < h.People && len(h.inside) < hallMax && h.random.IntN(4) == 0:
		h.arrive()
	case h.people == h.People && len(h.inside) == 0:
		h.next.After += 16 * time.Hour
		h.day = h.day.AddDate(0, 0, 1)
		h.morning()
	case len(h.inside) == 0:
		h.arrive()
	default:
		h.move(h.inside[h.random.IntN(len(h.inside))])
	}
}

func (h *History) morning() {
	h.people, h.tokens = 0, map[byte]int{}
	h.record("kiosk/1", "", visit.DayOpened{Day: h.day.Format(time.DateOnly)})
}

func (h *History) arrive() {
	g := &guest{visit: h.name(), job: h.name(), stops: h.wishes()}
	letter := g.stops[0][0] - 'a' + 'A'
	h.tokens[letter]++
	h.people++
	h.inside = append(h.inside, g)
	kiosk := fmt.Sprint("kiosk/", 1+h.random.IntN(2))
	opened := visit.Opened{Token: id.NewToken(letter, h.tokens[letter]), Code: id.Code(h.name()), Stops: g.stops, Lang: "ur"}
	h.record(kiosk, g.visit, opened)
	h.record(kiosk, g.visit, paper.Queued{Job: id.Job(g.job), Form: "token"})
}

func (h *History) wishes() []id.Service {
	first := h.random.IntN(len(services))
	if h.random.IntN(5) > 0 {
		return services[first : first+1]
	}
	return []id.Service{services[first], services[(first+1)%len(services)]}
}

// move takes a guest one step further, if a desk is free for it.
func (h *History) move(g *guest) {
	switch g.step {
	case 0:
		g.step++
		h.record("spool", g.visit, paper.Started{Job: id.Job(g.job), Printer: "printer/hall-1", Attempt: 1})
		return
	case 1:
		g.step++
		h.record("spool", g.visit, paper.Printed{Job: id.Job(g.job)})
		h.record("spool", g.visit, visit.Issued{})
		return
	}
	if d := slices.Index(h.desks[:], g); d >= 0 {
		h.serve(g, d)
		return
	}
	if d := slices.Index(h.desks[:], nil); d >= 0 {
		h.desks[d], g.step = g, 2
		name := deskName(d)
		h.record("desk/"+string(name), g.visit, visit.Called{Desk: name, Stop: uint8(g.stop)})
	}
}

// serve confirms the guest at a desk, and next time finishes and lets the guest go on.
func (h *History) serve(g *guest, d int) {
	name, stop := deskName(d), uint8(g.stop)
	if g.step == 2 {
		g.step++
		h.record("desk/"+string(name), g.visit, visit.Confirmed{Desk: name, Stop: stop})
		return
	}
	h.desks[d] = nil
	if g.stop++; g.stop == len(g.stops) {
		h.inside = slices.DeleteFunc(h.inside, func(o *guest) bool { return o == g })
	}
	outcome := []string{"done", "done", "done", "papers-missing", "come-back"}[h.random.IntN(5)]
	h.record("desk/"+string(name), g.visit, visit.Finished{Desk: name, Stop: stop, Outcome: outcome})
}

func deskName(d int) id.Desk { return id.Desk('A' + rune(d)) }

func (h *History) record(actor, subject string, e ledger.Event) {
	h.next.Events = append(h.next.Events, Happening{actor, subject, e})
}

// name has the shape of a visit's, a code's and a job's.
func (h *History) name() string {
	var b [10]byte
	for i := range b {
		b[i] = byte(h.random.Uint32())
	}
	return base32.StdEncoding.EncodeToString(b[:])
}
