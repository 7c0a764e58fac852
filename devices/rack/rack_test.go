package rack

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"markaz.example/devices/port"
	"markaz.example/devices/printer"
	"markaz.example/devices/profile"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// script is a driver that does what it is told, start by start.
type script struct {
	mu     sync.Mutex
	starts []time.Time
	run    func(ctx context.Context, start int) error
}

func (s *script) Run(ctx context.Context) error {
	s.mu.Lock()
	s.starts = append(s.starts, time.Now())
	n := len(s.starts)
	s.mu.Unlock()
	return s.run(ctx, n)
}

func (s *script) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.starts)
}

type report struct {
	dev string
	now []Condition
}

type reports struct {
	mu  sync.Mutex
	all []report
}

func (r *reports) Report(dev string, now []Condition) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, report{dev, now})
}

func (r *reports) codes() (out []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.all {
		s := p.dev + ":"
		for _, c := range p.now {
			s += " " + c.Code
		}
		out = append(out, s)
	}
	return out
}

// during runs the rack for so long in fake time.
func during(t *testing.T, d time.Duration, rack *Rack, then func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- rack.Run(ctx) }()
	time.Sleep(d)
	then()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Run: %v", err)
	}
}

var errTorn = errors.New("cable torn")

func TestDelayGrowsIsCappedAndForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{run: func(ctx context.Context, start int) error {
			if start == 12 {
				time.Sleep(2 * steady)
			}
			return errTorn
		}}
		out := &reports{}
		during(t, 5*time.Minute, &Rack{Devices: []Device{{"a", s}}, Reporter: out}, func() {})
		want := delayMin
		for i := 1; i < 15; i++ {
			gap := s.starts[i].Sub(s.starts[i-1])
			if i == 12 {
				gap, want = gap-2*steady, delayMin
			}
			if gap > want || gap < want-want/jitterPart {
				t.Errorf("start %d after %v, want up to %v", i+1, gap, want)
			}
			want = min(2*want, delayMax)
		}
		if diff := cmp.Diff([]string{"a: " + Disconnected, "a:", "a: " + Disconnected}, out.codes()); diff != "" {
			t.Errorf("a lasting trouble is told once (-want +got):\n%s", diff)
		}
		if c := out.all[0].now[0]; c.Detail != errTorn.Error() || c.Remedy == "" || c.Severity != Fault {
			t.Errorf("condition %+v", c)
		}
	})
}

func TestOneDeviceNeverStopsAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		well := &script{run: func(ctx context.Context, _ int) error { <-ctx.Done(); return ctx.Err() }}
		mad := &script{run: func(context.Context, int) error { panic("index out of range") }}
		idle := &script{run: func(context.Context, int) error { return nil }}
		out := &reports{}
		during(t, time.Minute, &Rack{Devices: []Device{{"well", well}, {"mad", mad}, {"idle", idle}}, Reporter: out}, func() {
			if well.count() != 1 || mad.count() < 10 || idle.count() < 10 {
				t.Errorf("starts: %d, %d, %d", well.count(), mad.count(), idle.count())
			}
		})
		if got := out.codes(); !slices.Contains(got, "well:") {
			t.Errorf("a driver that keeps running is well: %q", got)
		}
	})
}

func TestComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{run: func(ctx context.Context, start int) error {
			if start < 4 {
				return errTorn
			}
			<-ctx.Done()
			return ctx.Err()
		}}
		out := &reports{}
		during(t, time.Minute, &Rack{Devices: []Device{{"a", s}}, Reporter: out}, func() {})
		if diff := cmp.Diff([]string{"a: " + Disconnected, "a:"}, out.codes()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestNames(t *testing.T) {
	s := &script{run: func(context.Context, int) error { return nil }}
	for _, devices := range [][]Device{{{"", s}}, {{"a", s}, {"a", s}}} {
		if err := (&Rack{Devices: devices, Reporter: &reports{}}).Run(t.Context()); !errors.Is(err, ErrNames) {
			t.Errorf("%v: %v", devices, err)
		}
	}
}

func TestPrinterTellsItsTroubles(t *testing.T) {
	p, err := profile.LoadPrinter("../../firmware-configs/printer-epson-tm-t20iii.toml")
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		sim := &printer.Sim{Cutter: true}
		life, stop := context.WithCancel(t.Context())
		go sim.Run(life)
		defer stop()
		out := &reports{}
		cable := &cable{sim: sim}
		d := &printer.Driver{Port: cable, Profile: p}
		during(t, time.Minute, &Rack{Devices: []Device{{"printer-1", Printer{d}}}, Reporter: out}, func() {
			for _, step := range []func(){
				func() { sim.SetPaper(1000) },
				func() { sim.SetPaper(0) },
				func() { sim.SetCover(true) },
				func() { sim.SetPaper(9000) },
				func() { sim.SetCover(false) },
				func() { sim.SetMute(true) },
				func() { sim.SetMute(false) },
				func() { sim.SetOffline(true) },
				func() { sim.SetOffline(false) },
				func() { cable.pull() },
				func() { cable.push() },
			} {
				step()
				time.Sleep(time.Minute)
			}
		})
		want := []string{
			"printer-1:", "printer-1: printer.paper-low", "printer-1: printer.paper-out",
			"printer-1: printer.cover-open printer.paper-out", "printer-1: printer.cover-open", "printer-1:",
			"printer-1: printer.silent", "printer-1:", "printer-1: printer.off-line",
			"printer-1:", "printer-1: " + Disconnected, "printer-1:",
		}
		got := out.codes()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		since := out.all[2].now[0].Since
		if again := out.all[3].now[1].Since; !again.Equal(since) {
			t.Errorf("paper-out began at %v, and a cover later at %v", since, again)
		}
	})
}

// What is wrong with a printer's line is named within 5 s and forgotten when it is well again, without a restart.
func TestPrinterLineIsNamedInTime(t *testing.T) {
	p, err := profile.LoadPrinter("../../firmware-configs/printer-epson-tm-t20iii.toml")
	if err != nil {
		t.Fatal(err)
	}
	for want, set := range map[string]func(s *printer.Sim, ill bool){
		"printer.silent":     (*printer.Sim).SetMute,
		"device.babbles":     (*printer.Sim).SetBabble,
		"device.half-answer": (*printer.Sim).SetHalf,
	} {
		synctest.Test(t, func(t *testing.T) {
			sim := printer.SimOf(p)
			life, stop := context.WithCancel(t.Context())
			go sim.Run(life)
			defer stop()
			out := &reports{}
			d := &printer.Driver{Port: sim, Profile: p}
			during(t, time.Minute, &Rack{Devices: []Device{{"printer-1", Printer{d}}}, Reporter: out}, func() {
				set(sim, true)
				time.Sleep(5 * time.Second)
				if got := out.codes(); got[len(got)-1] != "printer-1: "+want {
					t.Errorf("%s: after 5 s %q", want, got)
				}
				set(sim, false)
				time.Sleep(time.Minute)
			})
			if diff := cmp.Diff([]string{"printer-1:", "printer-1: " + want, "printer-1:"}, out.codes()); diff != "" {
				t.Errorf("%s: %s", want, diff)
			}
		})
	}
}

func TestEveryPrinterConditionHasARemedy(t *testing.T) {
	all := printer.State{Known: true, CoverOpen: true, PaperOut: true, Cutter: true, Fault: true, Online: true}
	for _, s := range []printer.State{{}, all, {Known: true, NearEnd: true}, {Known: true, PaperOut: true, NearEnd: true},
		{Line: port.ErrSilent}, {Line: port.ErrBabble}, {Known: true, PaperOut: true, Line: port.ErrHalf}} {
		if len(printerConditions(s)) == 0 {
			t.Errorf("%+v: nothing to tell", s)
		}
		for _, c := range printerConditions(s) {
			if c.Remedy == "" || c.Code == "" {
				t.Errorf("%+v: %+v", s, c)
			}
		}
	}
}

// cable connects to a simulator until it is pulled.
type cable struct {
	sim *printer.Sim

	mu   sync.Mutex
	out  bool
	live io.Closer
}

func (c *cable) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.out {
		return nil, port.ErrGone
	}
	p, err := c.sim.Open(ctx)
	c.live = p
	return p, err
}

func (c *cable) pull() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = true
	c.live.Close()
}

func (c *cable) push() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = false
}
