package drivertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/devices/port"
)

// echo is a device that says every byte back.
type echo struct{ devices sync.WaitGroup }

func (e *echo) Open(context.Context) (io.ReadWriteCloser, error) {
	near, far := net.Pipe()
	e.devices.Go(func() { io.Copy(far, far); far.Close() })
	return port.Wrap(near, "echo", 0, 0), nil
}

// asker is a driver: it asks the echo and waits for the same number to come back.
type asker struct {
	port port.Opener
	sin  string // what this one does wrong, or nothing

	mu   sync.Mutex
	jobs chan job
}

type job struct {
	number byte
	done   chan error
}

func (a *asker) Run(ctx context.Context) error {
	conn, err := a.port.Open(ctx)
	if err != nil {
		if a.sin == "hides errors" {
			return nil
		}
		return err
	}
	defer conn.Close()
	jobs := make(chan job)
	a.setJobs(jobs)
	defer a.setJobs(nil)
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case j := <-jobs:
			err := ask(conn, j.number)
			j.done <- err
			if errors.Is(err, port.ErrGone) && a.sin != "blind to unplug" {
				return err
			}
			if err != nil && a.sin == "sulks" {
				return err
			}
		case <-time.After(time.Second):
			_, err := conn.Read(make([]byte, 8192))
			if errors.Is(err, port.ErrGone) && a.sin != "blind to unplug" {
				return err
			}
		}
	}
}

func (a *asker) setJobs(jobs chan job) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.jobs = jobs
}

func ask(conn io.ReadWriter, number byte) error {
	if _, err := conn.Write([]byte{number}); err != nil {
		return err
	}
	b := make([]byte, 8192)
	n, err := conn.Read(b)
	if err == nil && (n != 1 || b[0] != number) {
		return fmt.Errorf("%d bytes of nonsense", n)
	}
	return err
}

func (a *asker) check(ctx context.Context) error {
	a.mu.Lock()
	jobs := a.jobs
	a.mu.Unlock()
	if jobs == nil {
		return errors.New("not running")
	}
	j := job{7, make(chan error, 1)}
	select {
	case jobs <- j:
		return <-j.done
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Minute):
		return errors.New("nobody takes the job")
	}
}

// verdict is a test that may fail without failing this one.
type verdict struct {
	testing.TB
	failed bool
}

func (v *verdict) Helper()               {}
func (v *verdict) Errorf(string, ...any) { v.failed = true }
func (v *verdict) Fatalf(string, ...any) { v.failed = true; runtime.Goexit() }

// The suite lets a good driver pass and, the control, no bad one.
func TestSuiteTellsGoodFromBad(t *testing.T) {
	for _, sin := range []string{"", "blind to unplug", "hides errors", "sulks"} {
		synctest.Test(t, func(t *testing.T) {
			device := &echo{}
			v := &verdict{TB: t}
			var suite sync.WaitGroup
			suite.Go(func() {
				Run(v, Harness{Device: device, New: func(p port.Opener) (Driver, func(context.Context) error) {
					a := &asker{port: p, sin: sin}
					return a, a.check
				}})
			})
			suite.Wait()
			device.devices.Wait()
			if v.failed != (sin != "") {
				t.Errorf("driver with sin %q: failed is %v", sin, v.failed)
			}
		})
	}
}
