package boxtest_test

import (
	"testing"

	"markaz.example/edge/boxtest"
	"markaz.example/edge/desk"
)

// A number is given, its paper comes out once, carries the code that the phone page knows, and only then counts.
func TestTokenComesOut(t *testing.T) {
	t.Parallel()
	b := boxtest.New(t, slow) // slow enough to be seen printing
	b.Up(t)
	v := at(t, b)
	visit := v.ask("kafaalat", "nashonuma")
	if s := v.slip(visit); s.State != desk.SlipPrinting {
		t.Errorf("before the paper is out the slip is %q", s.State)
	}
	if f := v.figures(); f.Waiting != 0 || f.Printing != 1 || f.Issued != 0 {
		t.Errorf("before the paper is out the figures are %+v", f)
	}
	s := v.await(b, visit, desk.SlipInHand)
	slips := b.Slips()
	if read := codes(slips); len(slips) != 1 || len(read) != 1 || read[0] != "HTTP://10.1.0.1:8080/T/"+string(s.Code) {
		t.Errorf("%d papers came out, with %q on them; want one with %s", len(slips), read, s.Code)
	}
	if s.Token != "K001" || s.Reprint {
		t.Errorf("the slip is %+v, want K001 and no reprint", s)
	}
	if f := v.figures(); f.Waiting != 1 || f.Printing != 0 || f.Issued != 1 {
		t.Errorf("with the paper out the figures are %+v", f)
	}
	if slips[0].Text != 0 || len(b.Printer.Sim.Unknown()) != 0 {
		t.Errorf("the printer did not understand %x and printed %d letters", b.Printer.Sim.Unknown(), slips[0].Text)
	}
}

// Papers come out in the order asked, one for each number, and no two numbers are the same.
func TestTwoKiosksNeverShareANumber(t *testing.T) {
	t.Parallel()
	const each = 4
	b := boxtest.Start(t, nil)
	t.Run("together", func(t *testing.T) {
		for _, kiosk := range []string{"left", "right"} {
			t.Run(kiosk, func(t *testing.T) {
				t.Parallel()
				for range each {
					at(t, b).ask("loans")
				}
			})
		}
	})
	b.Await(t, "all papers", func() bool { return at(t, b).figures().Issued == 2*each })
	read := map[string]bool{}
	for _, c := range codes(b.Slips()) {
		read[c] = true
	}
	if len(read) != 2*each || len(b.Slips()) != 2*each {
		t.Errorf("%d papers with %d codes, want %d of each", len(b.Slips()), len(read), 2*each)
	}
}
