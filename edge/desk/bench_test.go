package desk_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/spool"
)

// instant is a printer that confirms at once.
type instant struct{}

func (instant) Print(context.Context, paper.Job) error { return nil }
func (instant) Ready() error                           { return nil }

// wideCatalogue has a service for each letter, which is room for 22,977 tickets a day.
func wideCatalogue() (c desk.Catalogue) {
	for _, letter := range "ABCDEFGHJKLMNPRSTUVWXYZ" {
		c.Services = append(c.Services, desk.Service{Code: id.Service(fmt.Sprintf("s-%c", letter+32)), Letter: string(letter)})
	}
	return c
}

// BenchmarkTicket is the whole way of a number: asked, recorded with its print job, started, confirmed, issued. Each
// ticket costs three commits that follow one another; callers and printers beside it share them.
func BenchmarkTicket(b *testing.B) {
	for _, n := range []struct{ callers, printers int }{{1, 1}, {8, 8}, {64, 64}} {
		b.Run(fmt.Sprintf("callers=%d/printers=%d", n.callers, n.printers), func(b *testing.B) {
			h := newHall(b)
			defer h.file.Close(b)
			h.Catalogue = wideCatalogue()
			var marks sync.Map // id.Visit -> chan struct{}, closed when issued
			stop := runSpool(b, h, n.printers, &marks)
			defer stop()
			perCaller(b, n.callers, func(i int) {
				mark, _ := marks.LoadOrStore(h.askNth(b, i), make(chan struct{}))
				<-mark.(chan struct{})
			})
		})
	}
}

// perDay is how many numbers the benchmark asks for before it turns the day; few enough to be settled in one decision.
const perDay = 1500

// BenchmarkAsk is the number alone: one commit, two records, and now and then a day that is settled.
func BenchmarkAsk(b *testing.B) {
	for _, callers := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			h := newHall(b)
			defer h.file.Close(b)
			h.Catalogue = wideCatalogue()
			perCaller(b, callers, func(i int) {
				if i%perDay == perDay-1 {
					h.file.Clock.Pass(24 * time.Hour)
				}
				h.askNth(b, i)
			})
		})
	}
}

func (h *hall) askNth(b *testing.B, i int) id.Visit {
	return h.ask(b, h.Catalogue.Services[i%len(h.Catalogue.Services)].Code)
}

func perCaller(b *testing.B, callers int, do func(i int)) {
	var next atomic.Int64
	b.ResetTimer()
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < b.N; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tickets/s")
}

// runSpool prints on instant printers and closes the mark of each visit whose ticket is acknowledged as issued.
func runSpool(b *testing.B, h *hall, printers int, marks *sync.Map) (stop func()) {
	confirmed := make(chan id.Visit, 4096)
	s := spool.Spool{Ledger: h.Ledger, Printed: func(tx *ledger.Tx, j paper.Job) error {
		confirmed <- id.Visit(j.Subject)
		return h.TicketPrinted(tx, j)
	}}
	for i := range printers {
		s.Printers = append(s.Printers, spool.Device{Name: fmt.Sprint("printer/", i), Printer: instant{}})
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.Run(ctx); err != nil {
			b.Error(err)
		}
		close(confirmed)
	})
	wg.Go(func() {
		for v := range confirmed {
			h.awaitIssued(b, v)
			mark, _ := marks.LoadOrStore(v, make(chan struct{}))
			close(mark.(chan struct{}))
		}
	})
	return func() { cancel(); wg.Wait() }
}

// awaitIssued waits for the commit of a confirmation that is being decided.
func (h *hall) awaitIssued(b *testing.B, v id.Visit) {
	for {
		changed := h.Changed()
		if h.slip(b, v).State == desk.SlipInHand {
			return
		}
		<-changed
	}
}
