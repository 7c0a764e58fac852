package boxtest_test

import (
	"strings"
	"testing"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/boxtest"
	"markaz.example/edge/desk"
)

// A printer that cannot print is named to the visitor, whose number does not wait; put right, the paper comes out once.
func TestTroubleIsSaidAndPassesWithOnePaper(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		wrong       func(*boxtest.Printer)
		right       func(*boxtest.Printer)
		reason      string
		kiosk, todo string // what the kiosk says, what the manager is told to do
	}{
		{"paper out", func(o *boxtest.Printer) { o.Sim.SetPaper(0) }, func(o *boxtest.Printer) { o.Sim.SetPaper(10_000) },
			paper.ReasonPaperOut, "The printer has no paper", "Put in a new roll"},
		{"cover open", func(o *boxtest.Printer) { o.Sim.SetCover(true) }, func(o *boxtest.Printer) { o.Sim.SetCover(false) },
			paper.ReasonCoverOpen, "cover is open", "Press the cover shut"},
		{"unplugged", func(o *boxtest.Printer) { o.Plug(false) }, func(o *boxtest.Printer) { o.Plug(true) },
			paper.ReasonOffline, "not working at the moment", "cable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := boxtest.Start(t, nil)
			v := at(t, b)
			v.await(b, v.ask("loans"), desk.SlipInHand) // the printer was well
			c.wrong(b.Printer)
			visit := v.ask("kafaalat")
			if s := v.await(b, visit, desk.SlipHeld); s.Reason != c.reason {
				t.Errorf("it is held for %q, want %q", s.Reason, c.reason)
			}
			if _, text := v.text("/kiosk/slip/" + string(visit) + "?lang=en"); !strings.Contains(text, c.kiosk) {
				t.Errorf("the kiosk does not say %q:\n%s", c.kiosk, text)
			}
			told := func() bool { _, text := v.text("/floor?lang=en"); return strings.Contains(text, c.todo) }
			b.Await(t, "the manager to be told", told)
			if f := v.figures(); f.Waiting != 1 || f.Held != 1 || len(b.Slips()) != 1 {
				t.Errorf("the figures are %+v with %d papers", f, len(b.Slips()))
			}
			c.right(b.Printer)
			b.Await(t, "the trouble to be over", func() bool { return !told() })
			v.again(visit)
			v.await(b, visit, desk.SlipInHand)
			if f := v.figures(); f.Waiting != 2 || f.Held != 0 || len(b.Slips()) != 2 {
				t.Errorf("the figures are %+v with %d papers", f, len(b.Slips()))
			}
		})
	}
}
