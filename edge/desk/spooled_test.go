package desk_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/spool"
)

// roll is a printer that confirms, refuses before the first byte, or goes silent after the ink, by chance.
type roll struct {
	mu  sync.Mutex
	rnd *rand.Rand // guarded by mu
	out []string   // guarded by mu: visits, in order, a reprint marked
}

func (r *roll) Ready() error { return nil }

func (r *roll) Print(_ context.Context, j paper.Job) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	chance := r.rnd.IntN(10)
	if chance == 0 {
		return fmt.Errorf("%w: %w", spool.ErrNotSent, &spool.Trouble{Reason: paper.ReasonPaperOut})
	}
	text := j.Subject
	if j.Reprint {
		text += " reprint"
	}
	r.out = append(r.out, text)
	if chance == 1 {
		return &spool.Trouble{Reason: paper.ReasonFault}
	}
	return nil
}

// Sixty people press at once over a printer that fails one time in five, and press again until they have their
// paper: everybody waits once, under a number of his own, with one unmarked paper at most.
func TestSpooled(t *testing.T) {
	h := openHall(t)
	p := &roll{rnd: rand.New(rand.NewPCG(1, 2))}
	s := spool.Spool{Ledger: h.Ledger, Printers: []spool.Device{{Name: "printer/1", Printer: p}}, Printed: h.TicketPrinted}
	ctx, stop := context.WithCancel(context.Background())
	var running, people sync.WaitGroup
	running.Go(func() {
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	const asking = 60
	visits := make([]id.Visit, asking)
	for i := range asking {
		people.Go(func() {
			visits[i] = h.ask(t, "kafaalat")
			h.pressUntilInHand(t, visits[i])
		})
	}
	people.Wait()
	stop()
	running.Wait()

	if f := h.figures(t); f.Waiting != asking || f.Issued != asking || f.Held+f.Uncertain+f.Printing != 0 {
		t.Errorf("figures: %+v, want %d waiting", f, asking)
	}
	for _, v := range visits {
		firsts := 0
		for _, text := range p.out {
			if text == string(v) {
				firsts++
			}
		}
		if firsts > 1 || firsts == 0 && !slices.Contains(p.out, string(v)+" reprint") {
			t.Errorf("%s has %d unmarked papers", h.slip(t, v).Token, firsts)
		}
	}
}

func (h *hall) pressUntilInHand(t *testing.T, v id.Visit) {
	for {
		changed := h.Changed()
		switch h.slip(t, v).State {
		case desk.SlipInHand:
			return
		case desk.SlipHeld, desk.SlipUncertain:
			if err := h.PrintAgain(t.Context(), "kiosk/1", v); err != nil {
				t.Errorf("print again: %v", err)
				return
			}
		default:
			<-changed
		}
	}
}
