package outlet

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"markaz.example/devices/fault"
	"markaz.example/devices/port"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo is a device that says every byte back, and has a mains switch.
type echo struct {
	mu    sync.Mutex
	power []bool // guarded by mu: how the switch was moved
}

func (e *echo) Run(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) }

func (e *echo) Serve(ctx context.Context, wire io.ReadWriteCloser) error {
	stop := context.AfterFunc(ctx, func() { wire.Close() })
	defer func() {
		if stop() {
			wire.Close()
		}
	}()
	b := make([]byte, 64)
	for {
		n, err := wire.Read(b)
		if err == nil {
			_, err = wire.Write(b[:n])
		}
		if err != nil {
			return err
		}
	}
}

func (e *echo) SetPower(on bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.power = append(e.power, on)
}

func (e *echo) switched() []bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]bool(nil), e.power...)
}

// patience is far more than a loaded machine needs.
const patience = time.Minute

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for began := time.Now(); !holds(); time.Sleep(time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatalf("%s does not come about", what)
		}
	}
}

// plugged runs an outlet and waits for its line.
func plugged(t *testing.T, o *Outlet) (open func() io.ReadWriteCloser) {
	t.Helper()
	o.Link = filepath.Join(t.TempDir(), "line")
	ctx, stop := context.WithCancel(t.Context())
	var life sync.WaitGroup
	life.Go(func() {
		if err := o.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { stop(); life.Wait() })
	o.Plug(true)
	return func() io.ReadWriteCloser {
		t.Helper()
		var conn io.ReadWriteCloser
		eventually(t, "a line", func() (ok bool) {
			var err error
			conn, err = port.Serial{Path: o.Link, Baud: 115200}.Open(t.Context())
			return err == nil
		})
		return conn
	}
}

func answers(t *testing.T, conn io.ReadWriter, text string) (got string, err error) {
	t.Helper()
	if _, err = conn.Write([]byte(text)); err != nil {
		return "", err
	}
	b := make([]byte, 64)
	for began := time.Now(); len(got) < len(text) && time.Since(began) < patience; {
		n, err := conn.Read(b)
		got += string(b[:n])
		if err != nil && !errors.Is(err, port.ErrQuiet) {
			return got, err
		}
	}
	return got, nil
}

func TestPlugOnARealLine(t *testing.T) {
	o := &Outlet{Device: &echo{}}
	open := plugged(t, o)
	for range 3 {
		conn := open()
		if got, err := answers(t, conn, "ping"); got != "ping" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		o.Plug(false)
		eventually(t, "the hang-up", func() bool {
			_, err := conn.Read(make([]byte, 8))
			return errors.Is(err, port.ErrGone)
		})
		conn.Close()
		eventually(t, "the end of the line", func() bool { _, err := os.Lstat(o.Link); return os.IsNotExist(err) })
		if o.Plugged() {
			t.Error("pulled, and says it is in")
		}
		o.Plug(true)
	}
}

// "After 37 bytes, unplug": the device takes 37 of them, on a real line too.
func TestScriptOnARealLine(t *testing.T) {
	d := &counter{}
	o := &Outlet{Device: d, Script: fault.MustParse("after 37 bytes out: unplug for 50ms\nthen: power off for 20ms")}
	open := plugged(t, o)
	conn := open()
	conn.Write(make([]byte, 100))
	eventually(t, "the hang-up", func() bool {
		_, err := conn.Read(make([]byte, 8))
		return errors.Is(err, port.ErrGone)
	})
	conn.Close()
	if n := d.count(); n != 37 {
		t.Errorf("the device heard %d bytes", n)
	}
	conn = open()
	defer conn.Close()
	eventually(t, "power off and on", func() bool { s := d.switched(); return len(s) == 2 && !s[0] && s[1] })
	eventually(t, "working again", func() bool { conn.Write([]byte("x")); return d.count() > 37 })
}

// counter counts what it hears.
type counter struct {
	echo
	n int // guarded by echo.mu
}

func (c *counter) Serve(ctx context.Context, wire io.ReadWriteCloser) error {
	return c.echo.Serve(ctx, &counted{wire, c})
}

type counted struct {
	io.ReadWriteCloser
	c *counter
}

func (w *counted) Read(b []byte) (int, error) {
	n, err := w.ReadWriteCloser.Read(b)
	w.c.mu.Lock()
	w.c.n += n
	w.c.mu.Unlock()
	return n, err
}

func (c *counter) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

func inMemory(t *testing.T, m *Memory, story func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var life sync.WaitGroup
		life.Go(func() { m.Run(ctx) })
		story(t)
		stop()
		life.Wait()
	})
}

func TestPlugInMemory(t *testing.T) {
	m := &Memory{Device: &echo{}}
	inMemory(t, m, func(t *testing.T) {
		if _, err := m.Open(t.Context()); !errors.Is(err, port.ErrGone) {
			t.Errorf("not plugged in: %v", err)
		}
		m.Plug(true)
		conn, err := m.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := answers(t, conn, "ping"); got != "ping" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		m.Plug(false)
		if _, err := conn.Read(make([]byte, 8)); !errors.Is(err, port.ErrGone) || m.Plugged() {
			t.Errorf("pulled: %v", err)
		}
		conn.Close()
	})
}

func TestScriptInMemory(t *testing.T) {
	d := &echo{}
	m := &Memory{Device: d, Script: fault.MustParse("after 37 bytes in: unplug for 3s\nthen: power off for 5s")}
	m.Plug(true)
	inMemory(t, m, func(t *testing.T) {
		conn, err := m.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		text := "0123456789012345678901234567890123456789"
		if got, err := answers(t, conn, text); got != text[:37] || !errors.Is(err, port.ErrGone) {
			t.Errorf("%q, %v", got, err)
		}
		conn.Close()
		synctest.Wait()
		if _, err := m.Open(t.Context()); !errors.Is(err, port.ErrGone) {
			t.Errorf("pulled: %v", err)
		}
		time.Sleep(3 * time.Second)
		synctest.Wait()
		conn, err = m.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		conn.Write([]byte("lost"))
		if _, err := conn.Read(make([]byte, 8)); !errors.Is(err, port.ErrQuiet) {
			t.Errorf("without power: %v", err)
		}
		time.Sleep(5 * time.Second)
		if got, err := answers(t, conn, "ping"); got != "ping" || err != nil {
			t.Errorf("with power again: %q, %v", got, err)
		}
		if s := d.switched(); len(s) != 2 || s[0] || !s[1] {
			t.Errorf("the switch was moved %v", s)
		}
		conn.Close()
	})
}

// A script befalls a device that is at work, and another one makes it well.
func TestBefall(t *testing.T) {
	o := &Outlet{Device: &counter{}}
	open := plugged(t, o)
	conn := open()
	done := o.Befall(fault.MustParse("after 37 bytes out: unplug"))
	conn.Write(make([]byte, 100))
	<-done
	eventually(t, "the hang-up", func() bool {
		_, err := conn.Read(make([]byte, 8))
		return errors.Is(err, port.ErrGone)
	})
	conn.Close()
	eventually(t, "the pulled plug", func() bool { return !o.Plugged() })
	if n := o.Device.(*counter).count(); n != 37 {
		t.Errorf("the device heard %d bytes", n)
	}
	<-o.Befall(&fault.Script{})
	open().Close()
}
