package rack

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/devices/port"
	"markaz.example/devices/printer"
	"markaz.example/devices/profile"
)

// absent is a driver whose device is not there until it is put in.
type absent struct {
	mu    sync.Mutex
	in    bool
	opens int
	ran   []time.Time // when it came up
}

func (a *absent) Run(ctx context.Context) error {
	a.mu.Lock()
	a.opens++
	in := a.in
	if in {
		a.ran = append(a.ran, time.Now())
	}
	a.mu.Unlock()
	if !in {
		return port.ErrGone
	}
	<-ctx.Done()
	return context.Cause(ctx)
}

func (a *absent) put(in bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.in = in
}

func TestPluggedWakesSleepers(t *testing.T) {
	for _, c := range []struct {
		name   string
		told   bool
		within time.Duration
	}{
		{"told by the kernel", true, wokenMin},
		{"control, not told", false, delayMax},
	} {
		synctest.Test(t, func(t *testing.T) {
			devices := []*absent{{}, {}, {}}
			r := &Rack{Reporter: &reports{}, Devices: []Device{{"a", devices[0]}, {"b", devices[1]}, {"c", devices[2]}}}
			var when time.Time
			during(t, time.Minute, r, func() {
				for _, d := range devices {
					d.put(true)
				}
				when = time.Now()
				if c.told {
					r.Plugged()
				}
				time.Sleep(delayMax)
			})
			slow := 0
			for _, d := range devices {
				if len(d.ran) != 1 || d.ran[0].Sub(when) > c.within {
					t.Errorf("%s: came up at %v, plugged in at %v", c.name, d.ran, when)
				}
				if d.ran[0].Sub(when) > wokenMin {
					slow++
				}
			}
			if !c.told && slow == 0 {
				t.Error("control: all were as quick without being told")
			}
		})
	}
}

// A ring while the driver is on its way down is not lost, and after a ring the delay begins anew: udev may give a line
// its name a little after the kernel told of it.
func TestPluggedWhileFailingIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Rack{Reporter: &reports{}}
		s := &script{}
		s.run = func(ctx context.Context, start int) error {
			if start == 10 { // the delay is at its most by now
				r.Plugged()
			}
			return errTorn
		}
		r.Devices = []Device{{"a", s}}
		during(t, time.Minute, r, func() {})
		if gap := s.starts[10].Sub(s.starts[9]); gap != wokenMin {
			t.Errorf("started %v after the ring, want %v", gap, wokenMin)
		}
		if gap := s.starts[11].Sub(s.starts[10]); gap > delayMin {
			t.Errorf("the delay after the ring is %v, want at most %v", gap, delayMin)
		}
	})
}

// A hub that flickers, a thousand messages a second, costs each device ten turns a second and no more.
func TestFlickeringHubIsNoBusyLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &absent{}
		r := &Rack{Devices: []Device{{"a", d}}, Reporter: &reports{}}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		var hub sync.WaitGroup
		hub.Go(func() {
			for ctx.Err() == nil {
				r.Plugged()
				time.Sleep(time.Millisecond)
			}
		})
		r.Run(ctx)
		hub.Wait() // it may sleep once more: its last look at the context can come just before the end
		if most := int(10*time.Second/wokenMin) + 1; d.opens > most {
			t.Errorf("%d turns, want at most %d", d.opens, most)
		}
	})
}

// turns counts what a driver asks of its line.
type turns struct {
	port.Opener
	mu    sync.Mutex
	opens int
	reads int
}

func (o *turns) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	o.mu.Lock()
	o.opens++
	o.mu.Unlock()
	p, err := o.Opener.Open(ctx)
	if err != nil {
		return nil, err
	}
	return &turning{p, o}, nil
}

type turning struct {
	io.ReadWriteCloser
	o *turns
}

func (p *turning) Read(b []byte) (int, error) {
	p.o.mu.Lock()
	p.o.reads++
	p.o.mu.Unlock()
	return p.ReadWriteCloser.Read(b)
}

func (o *turns) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.opens + o.reads
}

// listener is the simplest driver there is.
type listener struct{ Port port.Opener }

func (l listener) Run(ctx context.Context) error {
	conn, err := l.Port.Open(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	b := make([]byte, 64)
	for ctx.Err() == nil {
		if _, err := conn.Read(b); err != nil && !errors.Is(err, port.ErrQuiet) {
			return err
		}
	}
	return context.Cause(ctx)
}

// An hour without the device: the turns are those of the delay, whatever the speed of the machine. What the bare
// library does instead, a million a second, is in port's TestNoBusyLoopAfterUnplug.
func TestAnHourUnpluggedCostsFewTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line := &turns{Opener: port.Serial{Path: filepath.Join(t.TempDir(), "gone"), Baud: 9600}}
		during(t, time.Hour, &Rack{Devices: []Device{{"a", listener{line}}}, Reporter: &reports{}}, func() {})
		most := int(time.Hour/(delayMax-delayMax/jitterPart)) + 10
		if n := line.count(); n < 100 || n > most {
			t.Errorf("%d turns in an hour, want at most %d", n, most)
		}
	})
}

// cpu is the processor time of this process so far, its own and the kernel's for it.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// unpluggedMost is a tenth of one core for a second; eight devices in back-off were seen to use a fiftieth of that.
const unpluggedMost = 100 * time.Millisecond

// The same on real lines that were pulled out of running drivers, in processor time: a loaded machine makes that no
// longer.
func TestUnpluggedLinesCostNoProcessorTime(t *testing.T) {
	r := &Rack{Reporter: &reports{}}
	var lines []*turns
	var far []*port.PTY
	for range 8 {
		p, err := port.NewPTY(filepath.Join(t.TempDir(), "line"))
		if err != nil {
			t.Fatal(err)
		}
		line := &turns{Opener: port.Serial{Path: p.Link(), Baud: 9600}}
		far, lines = append(far, p), append(lines, line)
		r.Devices = append(r.Devices, Device{Name: p.Name(), Driver: listener{line}})
	}
	ctx, cancel := context.WithCancel(t.Context())
	var life sync.WaitGroup
	life.Go(func() { r.Run(ctx) })
	for i, line := range lines {
		for line.count() < 2 { // opened, and reading
			time.Sleep(time.Millisecond)
		}
		far[i].Close()
	}
	before := cpu(t)
	time.Sleep(time.Second)
	if spent := cpu(t) - before; spent > unpluggedMost {
		t.Errorf("%v of processor time in a second, want at most %v", spent, unpluggedMost)
	} else {
		t.Logf("8 unplugged lines: %v of processor time in a second", spent)
	}
	cancel()
	life.Wait()
	before = cpu(t)
	for patience := time.Now().Add(time.Minute); cpu(t)-before <= unpluggedMost; {
		if time.Now().After(patience) {
			t.Fatal("control: a busy loop did not exceed the bound")
		}
	}
}

// Whatever befalls a device, the page names it within five seconds, and within five of its end the page is clear again.
func TestEveryTroubleIsNamedWithinFiveSeconds(t *testing.T) {
	const within = 5 * time.Second
	p, err := profile.LoadPrinter("../../firmware-configs/printer-epson-tm-t20iii.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, code string
		harm, heal func(r *Rack, sim *printer.Sim, cable *cable)
	}{
		{
			"unplugged", Disconnected,
			func(_ *Rack, _ *printer.Sim, c *cable) { c.pull() },
			func(r *Rack, _ *printer.Sim, c *cable) { c.push(); r.Plugged() },
		},
		{
			"unplugged, and the kernel's message lost", Disconnected,
			func(_ *Rack, _ *printer.Sim, c *cable) { c.pull() },
			func(_ *Rack, _ *printer.Sim, c *cable) { c.push() },
		},
		{
			"cover open", "printer.cover-open",
			func(_ *Rack, s *printer.Sim, _ *cable) { s.SetCover(true) },
			func(_ *Rack, s *printer.Sim, _ *cable) { s.SetCover(false) },
		},
		{
			"silent", "printer.silent",
			func(_ *Rack, s *printer.Sim, _ *cable) { s.SetMute(true) },
			func(_ *Rack, s *printer.Sim, _ *cable) { s.SetMute(false) },
		},
	} {
		for phase := time.Duration(0); phase < within; phase += within / 8 { // wherever in its round the driver is
			synctest.Test(t, func(t *testing.T) {
				sim := &printer.Sim{Cutter: true}
				life, stop := context.WithCancel(t.Context())
				go sim.Run(life)
				defer stop()
				out, line := &reports{}, &cable{sim: sim}
				r := &Rack{Devices: []Device{{"p", Printer{&printer.Driver{Port: line, Profile: p}}}}, Reporter: out}
				during(t, time.Minute+phase, r, func() {
					c.harm(r, sim, line)
					time.Sleep(within)
					if got := out.codes(); got[len(got)-1] != "p: "+c.code {
						t.Errorf("%s: after %v the page says %q", c.name, within, got)
					}
					time.Sleep(time.Minute)
					c.heal(r, sim, line)
					time.Sleep(within + time.Second) // and the printer's own start: clear, status, proof
					if got := out.codes(); got[len(got)-1] != "p:" {
						t.Errorf("%s: healed, and the page says %q", c.name, got)
					}
				})
			})
		}
	}
}
