package main

import (
	"encoding/base32"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// history is what a centre of four desks records, day after day: numbers given at two kiosks, slips printed and
// confirmed, people called, served, and sent on to a second desk. Names and times are drawn, not repeated, so that the
// bytes compress as those of a real centre do. The same seed gives the same history.
type history struct {
	random *rand.Rand
	write  func(h chain.Header, body []byte) error

	at     clock.Stamp
	seq    uint64
	people int // that came today
	tokens map[byte]int
	inside []*guest
	desks  [4]*guest
}

// guest is a visit on its way: what comes next for it, and where.
type guest struct {
	visit, job string
	step       int // 0: the slip is to be started, 1: to be confirmed, then the line
	stops      []id.Service
	stop       int
}

const (
	peopleADay = 600
	hallMax    = 40 // people inside at once
)

var services = []id.Service{"kafaalat", "nashonuma", "loans", "taleemi-wazaif"}

func newHistory(seed uint64, write func(chain.Header, []byte) error) *history {
	opened := time.Date(2026, 3, 2, 3, 55, 0, 0, time.UTC) // a Monday, five to nine
	return &history{
		random: rand.New(rand.NewPCG(seed, seed)), write: write,
		at: clock.Stamp{Boot: 1, Mono: 21_000, Wall: opened.UnixMilli(), Grade: clock.Network},
	}
}

// begin is the box's start and the first day.
func (h *history) begin() error {
	if err := h.record("box", "", ledger.Started{Software: "markaz bench"}); err != nil {
		return err
	}
	return h.morning()
}

// next is one decision: one to three records of one moment.
func (h *history) next() error {
	h.pass(time.Duration(200+h.random.IntN(9000)) * time.Millisecond)
	if h.people < peopleADay && len(h.inside) < hallMax && h.random.IntN(4) == 0 {
		return h.arrive()
	}
	if h.people == peopleADay && len(h.inside) == 0 {
		h.pass(16 * time.Hour)
		return h.morning()
	}
	if len(h.inside) == 0 {
		return h.arrive()
	}
	return h.move(h.inside[h.random.IntN(len(h.inside))])
}

func (h *history) morning() error {
	h.people, h.tokens = 0, map[byte]int{}
	day := h.at.Time().Add(5 * time.Hour).Format(time.DateOnly)
	return h.record("kiosk/1", "", visit.DayOpened{Day: day})
}

func (h *history) arrive() error {
	g := &guest{visit: h.name(), job: h.name(), stops: h.wishes()}
	letter := g.stops[0][0] - 'a' + 'A'
	h.tokens[letter]++
	h.people++
	h.inside = append(h.inside, g)
	kiosk := fmt.Sprint("kiosk/", 1+h.random.IntN(2))
	opened := visit.Opened{Token: id.NewToken(letter, h.tokens[letter]), Code: id.Code(h.name()), Stops: g.stops, Lang: "ur"}
	if err := h.record(kiosk, g.visit, opened); err != nil {
		return err
	}
	return h.record(kiosk, g.visit, paper.Queued{Job: id.Job(g.job), Form: "token"})
}

func (h *history) wishes() []id.Service {
	first := h.random.IntN(len(services))
	if h.random.IntN(5) > 0 {
		return services[first : first+1]
	}
	return []id.Service{services[first], services[(first+1)%len(services)]}
}

// move takes a guest one step further, if a desk is free for it.
func (h *history) move(g *guest) error {
	switch g.step {
	case 0:
		g.step++
		return h.record("spool", g.visit, paper.Started{Job: id.Job(g.job), Printer: "printer/hall-1", Attempt: 1})
	case 1:
		g.step++
		if err := h.record("spool", g.visit, paper.Printed{Job: id.Job(g.job)}); err != nil {
			return err
		}
		return h.record("spool", g.visit, visit.Issued{})
	}
	if d := slices.Index(h.desks[:], g); d >= 0 {
		return h.serve(g, d)
	}
	if d := slices.Index(h.desks[:], nil); d >= 0 {
		h.desks[d], g.step = g, 2
		name := deskName(d)
		return h.record("desk/"+string(name), g.visit, visit.Called{Desk: name, Stop: uint8(g.stop)})
	}
	return nil
}

// serve confirms the guest at a desk, and next time finishes and lets the guest go on.
func (h *history) serve(g *guest, d int) error {
	name, stop := deskName(d), uint8(g.stop)
	if g.step == 2 {
		g.step++
		return h.record("desk/"+string(name), g.visit, visit.Confirmed{Desk: name, Stop: stop})
	}
	h.desks[d] = nil
	if g.stop++; g.stop == len(g.stops) {
		h.inside = slices.DeleteFunc(h.inside, func(o *guest) bool { return o == g })
	}
	outcome := []string{"done", "done", "done", "papers-missing", "come-back"}[h.random.IntN(5)]
	return h.record("desk/"+string(name), g.visit, visit.Finished{Desk: name, Stop: stop, Outcome: outcome})
}

func deskName(d int) id.Desk { return id.Desk('A' + rune(d)) }

func (h *history) record(actor, subject string, e ledger.Event) error {
	if err := e.Check(); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	body, err := chain.EncodeBody(e)
	if err != nil {
		return err
	}
	h.seq++
	return h.write(chain.Header{Seq: h.seq, Stamp: h.at, Kind: e.Kind(), Actor: actor, Subject: subject}, body)
}

func (h *history) pass(d time.Duration) {
	h.at.Mono += uint64(d.Milliseconds())
	h.at.Wall += d.Milliseconds()
}

// name has the shape of a visit's, a code's and a job's.
func (h *history) name() string {
	var b [10]byte
	for i := range b {
		b[i] = byte(h.random.Uint32())
	}
	return base32.StdEncoding.EncodeToString(b[:])
}
