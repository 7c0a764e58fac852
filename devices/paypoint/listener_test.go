package paypoint

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"markaz.example/devices/paypoint/iso"
	"markaz.example/devices/paypoint/terminal"
	"markaz.example/devices/profile"
)

// rig is a listener on loopback with simulated banks.
type rig struct {
	t     *testing.T
	l     *Listener
	sim   *Sim
	ctx   context.Context
	addrs map[string]string
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, sim: &Sim{Terminals: SimDay(), Seed: 3, Speed: 1e12, Customers: 20}, addrs: map[string]string{}}
	r.l = &Listener{Terminals: plain(r.sim.Terminals), Lines: day(t)}
	return r
}

// run runs the listener until the test ends.
func (r *rig) run() {
	r.t.Helper()
	ready := make(chan [2]string, len(r.l.Lines))
	for i, line := range r.l.Lines {
		r.l.Lines[i].Listen = func(context.Context) (net.Listener, error) {
			in, err := net.Listen("tcp", "127.0.0.1:0")
			if err == nil {
				ready <- [2]string{line.Name, in.Addr().String()}
			}
			return in, err
		}
	}
	ctx, stop := context.WithCancel(r.t.Context())
	r.ctx = ctx
	ended := make(chan error, 1)
	go func() { ended <- r.l.Run(ctx) }()
	r.t.Cleanup(func() {
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			r.t.Errorf("Run: %v", err)
		}
	})
	for range r.l.Lines {
		a := <-ready
		r.addrs[a[0]] = a[1]
	}
	for _, l := range r.l.Lines {
		r.sim.Lines = append(r.sim.Lines, &SimLine{Bank: l.Bank, Profile: l.Profile, Addr: r.addrs[l.Name], Secret: secret})
	}
}

// day lets the simulated customers come, to the last.
func (r *rig) play() {
	r.t.Helper()
	if err := r.sim.Run(r.ctx); err != nil {
		r.t.Fatal(err)
	}
}

// until waits for what comes over real sockets.
func (r *rig) until(what string, holds func(State) bool) State {
	r.t.Helper()
	for range 2000 {
		if s := r.l.State(); holds(s) {
			return s
		}
		time.Sleep(5 * time.Millisecond)
	}
	r.t.Fatalf("%s: not in ten seconds; %+v", what, r.l.State())
	return State{}
}

func count(s State, why string) (n int) {
	for _, t := range s.Troubles {
		if t.Why == why {
			n += t.Count
		}
	}
	return n
}

func TestEveryTerminalIsHeardOnItsOwnLine(t *testing.T) {
	r := newRig(t)
	r.run()
	r.play()
	s := r.until("all heard", func(s State) bool {
		for _, x := range s.Terminals {
			if x.Told[terminal.Link] != terminal.Online || x.Told[terminal.Service] != terminal.InService {
				return false
			}
		}
		return true
	})
	by := map[string]terminal.Source{"hbl/047": terminal.NDC, "hbl/EOW00101": terminal.ISO, "bafl/ATM-9": terminal.Push}
	advices, paid := 0, 0
	for _, x := range s.Terminals {
		if want := by[x.ID.String()]; want != "" && x.By != want {
			t.Errorf("%s was heard by %s", x.ID, x.By)
		}
		advices += x.Advices
	}
	for _, x := range r.sim.Terminals {
		if x.TID != "" {
			paid += x.Withdrawn()
		}
	}
	if advices != paid || paid == 0 {
		t.Errorf("%d payments were counted, %d were made", advices, paid)
	}
	pos := r.sim.Lines[1]
	if got := pos.Counted("0230 00"); got == 0 || pos.Counted("0210 12") == 0 || pos.Counted("0810 00") == 0 {
		t.Errorf("answers: %v", pos.count)
	}
	if other := r.sim.Lines[3]; other.Counted("0210 12") != 0 || other.Counted("0230 00") == 0 {
		t.Errorf("a line that drops requests for money: %v", other.count)
	}
	if s.Terminals[0].Money.IsZero() {
		t.Error("money was never seen")
	}
}

// Every fault of a network harms its own message at the most; it is named and counted.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		fault SimFault
		line  int
		why   string
	}{
		{SimSplit, 1, ""}, {SimTwice, 1, ""}, {SimLate, 0, ""},
		{SimNoLength, 0, iso.WrongLength}, {SimHugeLength, 1, iso.WrongLength}, {SimHugeLength, 3, iso.WrongLength},
		{SimWrongTPDU, 1, iso.WrongTPDU}, {SimGarbage, 1, iso.WrongTPDU}, {SimGarbage, 3, iso.WrongFields},
		{SimHalfOpen, 0, iso.HalfMessage}, {SimGarbage, 2, "not-json"},
	} {
		r := newRig(t)
		r.run()
		once := false
		r.sim.OnCard = func(Card) {
			if !once {
				r.sim.Lines[c.line].Do(c.fault)
			}
			once = true
		}
		r.play()
		r.until("heard all the same", func(s State) bool {
			for _, x := range s.Terminals {
				if x.Told[terminal.Link] != terminal.Online {
					return false
				}
			}
			return c.why == "" || count(s, c.why) > 0
		})
		for _, x := range r.l.State().Troubles {
			if x.Why != c.why && x.Why != iso.MoneyRequest {
				t.Errorf("fault %d on line %d: counted %+v", c.fault, c.line, x)
			}
		}
	}
}

func TestSwitchesOfTheSimulator(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(*SimTerminal)
		axis terminal.Axis
		want terminal.Value
	}{
		{"no notes", func(t *SimTerminal) { t.SetNotes(0) }, terminal.Cash, terminal.Out},
		{"few notes", func(t *SimTerminal) { t.SetNotes(390) }, terminal.Cash, terminal.Low},
		{"no paper", func(t *SimTerminal) { t.SetPaper(0) }, terminal.Receipt, terminal.Out},
		{"card stuck", func(t *SimTerminal) { t.SetCardJam(true) }, terminal.CardReader, terminal.Fault},
		{"supervisor", func(t *SimTerminal) { t.SetSupervisor(true) }, terminal.Service, terminal.Supervisor},
		{"out of service", func(t *SimTerminal) { t.SetInService(false) }, terminal.Service, terminal.OutOfService},
	} {
		r := newRig(t)
		r.sim.Customers = 1
		atms := []*SimTerminal{r.sim.Terminals[0], r.sim.Terminals[2]}
		for _, x := range atms {
			c.do(x)
		}
		r.run()
		r.play()
		r.until(c.name, func(s State) bool {
			return s.Terminals[0].Told[c.axis] == c.want && s.Terminals[2].Told[c.axis] == c.want
		})
	}
	r := newRig(t)
	r.sim.Terminals[2].SetLink(false)
	r.sim.Terminals[2].SetClock(time.Minute)
	r.run()
	r.play()
	r.until("the bank does not hear it", func(s State) bool { return s.Terminals[0].Told[terminal.Link] == terminal.Offline })
}

func TestClockAheadIsRefused(t *testing.T) {
	r := newRig(t)
	r.sim.Terminals[2].SetClock(time.Hour)
	r.run()
	r.play()
	if s := r.until("refused", func(s State) bool { return count(s, "clock") > 0 }); s.Terminals[0].ID.Name != "ATM-9" || !s.Terminals[0].Heard.IsZero() {
		t.Errorf("%+v", s.Terminals[0])
	}
}

func TestTooManyConnections(t *testing.T) {
	for _, line := range []string{"hbl-atm", "bafl-push"} {
		r := newRig(t)
		r.run()
		for range connsMax + 3 {
			c, err := net.Dial("tcp", r.addrs[line])
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
		}
		r.until("the rest are sent away", func(s State) bool { return count(s, TooMany) == 3 })
	}
}

func TestProbe(t *testing.T) {
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	r.l.Terminals[0].Probe, r.l.ProbeEvery = in.Addr().String(), 10*time.Millisecond
	r.run()
	link := func(v terminal.Value) func(State) bool {
		return func(s State) bool {
			x := s.Terminals[2]
			return x.Axes[terminal.Link].Value == v && x.Axes[terminal.Link].By == terminal.Probe
		}
	}
	s := r.until("its port opens", link(terminal.Online))
	if x := s.Terminals[2]; !x.Heard.IsZero() || x.Can.Can != terminal.Unknown {
		t.Errorf("an open port says nothing of service: %+v", x.Can)
	}
	in.Close()
	r.until("its port is closed", link(terminal.Offline))
}

func TestConfigurationsThatCannotBe(t *testing.T) {
	for name, spoil := range map[string]func(*Listener){
		"a line without a name":    func(l *Listener) { l.Lines[0].Name = "" },
		"two lines of one name":    func(l *Listener) { l.Lines[1].Name = l.Lines[0].Name },
		"a short secret":           func(l *Listener) { l.Lines[2].Secret = []byte("short") },
		"a profile that cannot be": func(l *Listener) { l.Lines[0].Profile = profile.Paypoint{} },
		"a terminal twice":         func(l *Listener) { l.Terminals[1].Terminal = l.Terminals[0].Terminal },
	} {
		l := &Listener{Terminals: plain(SimDay()), Lines: day(t)}
		spoil(l)
		if err := l.Run(t.Context()); !errors.Is(err, ErrConfig) {
			t.Errorf("%s: %v", name, err)
		}
		if s := l.State(); name == "a terminal twice" && len(s.Terminals) != 0 {
			t.Errorf("%s: %+v", name, s)
		}
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	l := &Listener{Lines: day(t)}
	l.Lines[3].Addr = taken.Addr().String()
	if err := l.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "bafl-pos") {
		t.Errorf("an address that is taken: %v", err)
	}
}

// Run can be run again, as rack does; what was heard stays.
func TestRunAgain(t *testing.T) {
	l := &Listener{Terminals: plain(SimDay()), Lines: day(t)}
	changes := l.Changes()
	for range 2 {
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- l.Run(ctx) }()
		if s := <-changes; len(s.Terminals) != 4 {
			t.Errorf("%+v", s)
		}
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		l.publish()
	}
}
