package paypoint

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"markaz.example/devices/paypoint/terminal"
)

// Sim is the banks' side: terminals at which customers withdraw money, and the lines on which the banks tell of them.
// With Chaos its networks fail in every way that real ones do. Its customers have cards, and its banks do not take them
// out of what they send: what the box does about that is the box's promise.
//
// Set the fields before Run, which a Sim does once. Terminals and lines have switches of their own.
type Sim struct {
	Terminals []*SimTerminal
	Lines     []*SimLine
	Seed      uint64
	Speed     float64    // so many times faster than life; 0 means 1, +Inf means no waiting
	Chaos     float64    // share of messages that meet a fault, and of customers during whom fate strikes, 0 to 1
	Customers int        // Run ends after so many; 0 means that it does not end
	OnCard    func(Card) // called for each card before it is used; may be nil
}

// Run plays until the context ends, or until the last customer was served and everything is sent.
func (s *Sim) Run(ctx context.Context) error {
	var lines sync.WaitGroup
	defer lines.Wait()
	for i, l := range s.Lines {
		l.prepare(rand.New(rand.NewPCG(s.Seed, uint64(i+1))), s.Chaos)
		lines.Go(func() { l.run(ctx) })
		defer l.finish()
	}
	r := rand.New(rand.NewPCG(s.Seed, 0))
	mend := func() {}
	for n := 0; s.Customers == 0 || n < s.Customers; n++ {
		mend()
		mend = s.fate(ctx, r)
		s.round(ctx)
		s.customer(ctx, r)
		for range simEchoes {
			if !s.pass(ctx, simEcho) {
				return context.Cause(ctx)
			}
			s.echo(ctx)
		}
	}
	mend()
	s.round(ctx)
	return nil
}

// fate lets something happen to a terminal, for as long as it takes until mend is called: its supervisor comes to fill
// it, its mains fail, or the line to its bank.
func (s *Sim) fate(ctx context.Context, r *rand.Rand) (mend func()) {
	if r.Float64() >= s.Chaos {
		return func() {}
	}
	t := s.Terminals[r.IntN(len(s.Terminals))]
	switch r.IntN(3) {
	case 0:
		t.SetSupervisor(true)
		return func() { t.Fill(); t.SetSupervisor(false) }
	case 1:
		t.SetLink(false)
		return func() { t.SetLink(true) }
	}
	return func() { s.Reboot(ctx, t) }
}

// pass lets a time go by; false when the context ended.
func (s *Sim) pass(ctx context.Context, d time.Duration) bool {
	speed := cmp.Or(s.Speed, 1)
	if math.IsInf(speed, 1) {
		return ctx.Err() == nil
	}
	t := time.NewTimer(time.Duration(float64(d) / speed))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// customer withdraws somewhere. The card is real enough to be found wherever it leaks.
func (s *Sim) customer(ctx context.Context, r *rand.Rand) {
	t := s.Terminals[r.IntN(len(s.Terminals))]
	card := NewCard(r)
	if s.OnCard != nil {
		s.OnCard(card)
	}
	paid := t.withdraw(simNotesAtOnce+r.IntN(simNotesAtOnce), time.Now())
	for _, l := range s.Lines {
		if l.speaksOf(t) && t.reachable() {
			l.customer(ctx, t, card, paid)
		}
	}
}

// echo is each POS saying that it is there.
func (s *Sim) echo(ctx context.Context) {
	for _, t := range s.Terminals {
		for _, l := range s.Lines {
			if l.iso() && l.speaksOf(t) && t.reachable() {
				l.putISO(ctx, t, "0800", map[int]string{70: "301"})
			}
		}
	}
}

// round is each bank asking its terminals how they are.
func (s *Sim) round(ctx context.Context) {
	for _, t := range s.Terminals {
		s.Tell(ctx, t)
	}
}

// Tell lets the banks say how a terminal is, as they do by themselves every so often. Call it while Run runs.
func (s *Sim) Tell(ctx context.Context, t *SimTerminal) {
	for _, l := range s.Lines {
		if l.speaksOf(t) {
			l.status(ctx, t)
		}
	}
}

// Reboot switches a terminal off and on: its bank hears of that, and then that it is ready.
func (s *Sim) Reboot(ctx context.Context, t *SimTerminal) {
	for _, l := range s.Lines {
		if l.speaksOf(t) && l.ndc() {
			l.put(ctx, wire(fmt.Sprintf("12|%s||B0000", t.LUNO)))
		}
	}
	s.Tell(ctx, t)
}

// SimDay is two banks that tell in different ways: one by NDC and packed ISO 8583, the other by push and ISO 8583 in
// characters; an ATM and a POS each.
func SimDay() []*SimTerminal {
	one := func(bank, name string, k terminal.Kind, luno, tid string) *SimTerminal {
		return &SimTerminal{Terminal: Terminal{Terminal: terminal.Terminal{ID: terminal.ID{Bank: bank, Name: name}, Kind: k}, LUNO: luno, TID: tid}}
	}
	return []*SimTerminal{
		one("hbl", "047", terminal.ATM, "047", ""),
		one("hbl", "EOW00101", terminal.POS, "", "EOW00101"),
		one("bafl", "ATM-9", terminal.ATM, "", ""),
		one("bafl", "EOW00202", terminal.POS, "", "EOW00202"),
	}
}
