package kit

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/devices/plug"
	"markaz.example/devices/port"
	"markaz.example/devices/rack"
)

// absent is a driver whose device never comes.
type absent struct {
	mu     sync.Mutex
	starts []time.Time // guarded by mu
}

func (a *absent) Run(context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.starts = append(a.starts, time.Now())
	return port.ErrGone
}

// since counts the starts within the first fifth of a second after a time; a rack that was not woken waits for longer.
func (a *absent) since(t time.Time) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.starts {
		if d := s.Sub(t); d >= 0 && d <= 200*time.Millisecond {
			n++
		}
	}
	return n
}

type deaf struct{}

func (deaf) Report(string, []rack.Condition) {}

// kernel says what a test tells it to.
type kernel struct {
	say  chan string
	once sync.Once
}

func (k *kernel) Next() ([]byte, error) {
	text, ok := <-k.say
	if !ok {
		return nil, plug.ErrClosed
	}
	return []byte(text), nil
}

func (k *kernel) Close() error { k.once.Do(func() { close(k.say) }); return nil }

func TestWatcherWakesTheRack(t *testing.T) {
	for message, wakes := range map[string]bool{
		"add@/devices/x/ttyUSB0\x00SUBSYSTEM=tty\x00":    true,
		"bind@/devices/x/1-2:1.0\x00SUBSYSTEM=usb\x00":   true,
		"add@/devices/x/sda\x00SUBSYSTEM=block\x00":      false,
		"remove@/devices/x/ttyUSB0\x00SUBSYSTEM=tty\x00": false,
	} {
		synctest.Test(t, func(t *testing.T) {
			d, k := &absent{}, &kernel{say: make(chan string)}
			r := &rack.Rack{Devices: []rack.Device{{Name: "a", Driver: d}}, Reporter: deaf{}}
			w := Watcher(r, nil)
			w.Listen = func() (plug.Source, error) { return k, nil }
			ctx, stop := context.WithCancel(t.Context())
			var parts sync.WaitGroup
			parts.Go(func() { r.Run(ctx) })
			parts.Go(func() { w.Run(ctx) })
			woken := 0
			for range 20 { // apart from those that fall on the rack's own time
				time.Sleep(7 * time.Second)
				told := time.Now()
				k.say <- message
				time.Sleep(200 * time.Millisecond)
				woken += min(1, d.since(told))
			}
			if wakes && woken < 20 || !wakes && woken > 10 {
				t.Errorf("%q: woken %d times of 20", message, woken)
			}
			stop()
			parts.Wait()
		})
	}
}
