package machine

import (
	"context"
	"sync"
	"time"

	"markaz.example/devices/paypoint"
	"markaz.example/devices/paypoint/terminal"
)

// Bank is a simulated bank: its terminals, and the lines on which it tells of them.
type Bank struct {
	Sim *paypoint.Sim

	once sync.Once
	news chan struct{} // one waiting request to tell
}

// tellEvery is how often the bank tells of terminals that do not change: soon after a box has started again. The
// contract asks for two minutes.
const tellEvery = 5 * time.Second

func (b *Bank) init() { b.once.Do(func() { b.news = make(chan struct{}, 1) }) }

// Run is the bank's life: customers come, and what changes is told at once.
func (b *Bank) Run(ctx context.Context) error {
	b.init()
	var telling sync.WaitGroup
	defer telling.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	telling.Go(func() { b.tell(ctx) })
	_ = b.Sim.Run(ctx) // ends with the context alone
	return nil
}

func (b *Bank) tell(ctx context.Context) {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-b.news:
		}
		for _, t := range b.Sim.Terminals {
			b.Sim.Tell(ctx, t)
		}
	}
}

// Terminal is an ATM or a POS of the bank. Its life is the bank's.
func (b *Bank) Terminal(sim *paypoint.SimTerminal) *Terminal {
	b.init()
	return &Terminal{Sim: sim, news: b.news}
}

// Terminal is one simulated payment terminal.
type Terminal struct {
	Sim  *paypoint.SimTerminal
	news chan<- struct{}
}

// Run waits: the bank runs its terminals.
func (t *Terminal) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func (t *Terminal) switches() toggles {
	see := t.Sim.See
	all := toggles{
		"paper":   {func() bool { return see().PaperOut }, t.setPaperOut},
		"jam":     {func() bool { return see().CardJam }, t.Sim.SetCardJam},
		"link":    {func() bool { return see().Cut }, func(cut bool) { t.Sim.SetLink(!cut) }},
		"service": {func() bool { return see().Closed }, func(closed bool) { t.Sim.SetInService(!closed) }},
	}
	if t.Sim.Kind == terminal.ATM {
		all["empty"] = toggle{func() bool { return see().Empty }, t.setEmpty}
		all["supervisor"] = toggle{func() bool { return see().Supervisor }, t.Sim.SetSupervisor}
	}
	return all
}

// setEmpty takes every note out, or fills the terminal as its supervisor would.
func (t *Terminal) setEmpty(empty bool) {
	if empty {
		t.Sim.SetNotes(0)
		return
	}
	t.Sim.Fill()
}

func (t *Terminal) setPaperOut(out bool) {
	if out {
		t.Sim.SetPaper(0)
		return
	}
	t.Sim.SetPaper(rollReceipts)
}

// rollReceipts is a roll of a terminal, as many as paypoint.SimTerminal begins with.
const rollReceipts = 400

// Do does one act, and lets the bank tell of it. ErrAct.
func (t *Terminal) Do(act string) error {
	if err := t.switches().do(act); err != nil {
		return err
	}
	select {
	case t.news <- struct{}{}:
	default: // it is about to tell
	}
	return nil
}

// See looks at it.
func (t *Terminal) See() Sight {
	s := Sight{Holds: t.switches().hold()}
	s.worst("in service", [2]string{"link", "link down"}, [2]string{"service", "out of service"},
		[2]string{"supervisor", "supervisor"}, [2]string{"empty", "no cash"}, [2]string{"jam", "card reader jammed"},
		[2]string{"paper", "no receipts"})
	return s
}
