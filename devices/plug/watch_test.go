package plug

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const plugIn = "add@/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.4\x00ACTION=add\x00" +
	"DEVPATH=/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.4\x00SUBSYSTEM=usb\x00DEVNAME=bus/usb/001/005\x00" +
	"DEVTYPE=usb_device\x00PRODUCT=4b8/202/100\x00SEQNUM=4711\x00"

const newLine = "add@/devices/x/ttyUSB0/tty/ttyUSB0\x00SUBSYSTEM=tty\x00DEVNAME=ttyUSB0\x00"

func TestParseEvent(t *testing.T) {
	got, err := ParseEvent([]byte(plugIn))
	want := Event{
		Action: Add, Subsystem: "usb", DevType: "usb_device", DevPath: "/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.4",
		DevName: "bus/usb/001/005", Vendor: 0x4b8, Product: 0x202,
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	if s := got.String(); !strings.Contains(s, "04b8:0202") || !strings.Contains(s, "1-2.4") {
		t.Errorf("written as %q", s)
	}
	for _, text := range []string{"", "libudev\x00", "add", "@/devices", "add@devices", strings.Repeat("a", eventBytesMax) + "@/"} {
		if _, err := ParseEvent([]byte(text)); !errors.Is(err, ErrEvent) {
			t.Errorf("%q: %v", text[:min(len(text), 20)], err)
		}
	}
}

func TestArrives(t *testing.T) {
	for _, c := range []struct {
		e    Event
		want bool
	}{
		{Event{Action: Rescan}, true}, {Event{Action: Add, Subsystem: "tty"}, true}, {Event{Action: Bind, Subsystem: "usb"}, true},
		{Event{Action: Remove, Subsystem: "tty"}, false}, {Event{Action: Add, Subsystem: "block"}, false}, {Event{Action: "change", Subsystem: "tty"}, false},
	} {
		if got := c.e.Arrives(); got != c.want {
			t.Errorf("%v: %v", c.e, got)
		}
	}
}

// said is a Source that says what it was given, then waits.
type said struct {
	items  []any // string or error
	closed chan struct{}
	once   sync.Once
}

func newSaid(items ...any) *said { return &said{items: items, closed: make(chan struct{})} }

func (s *said) Next() ([]byte, error) {
	if len(s.items) == 0 {
		<-s.closed
		return nil, ErrClosed
	}
	item := s.items[0]
	s.items = s.items[1:]
	if err, ok := item.(error); ok {
		return nil, err
	}
	return []byte(item.(string)), nil
}

func (s *said) Close() error { s.once.Do(func() { close(s.closed) }); return nil }

// heard runs a watcher for so long in fake time.
func heard(t *testing.T, d time.Duration, listen func() (Source, error)) (actions []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	w := &Watcher{Tell: func(e Event) { actions = append(actions, strings.TrimSpace(e.Action+" "+e.DevName)) }, Listen: listen}
	if err := w.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Run: %v", err)
	}
	return actions
}

func TestWatcherTells(t *testing.T) {
	errTorn := errors.New("socket torn")
	for _, c := range []struct {
		name  string
		items []any
		want  []string
	}{
		{"what comes", []any{plugIn, newLine}, []string{"rescan", "add bus/usb/001/005", "add ttyUSB0"}},
		{"passes over what is none", []any{"noise", newLine}, []string{"rescan", "add ttyUSB0"}},
		{"that messages were lost", []any{ErrLost, newLine}, []string{"rescan", "rescan", "add ttyUSB0"}},
		{"and polls when the socket fails", []any{newLine, errTorn}, []string{"rescan", "add ttyUSB0", "rescan", "rescan"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			got := heard(t, 70*time.Second, func() (Source, error) { return newSaid(c.items...), nil })
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s: %s", c.name, diff)
			}
		})
	}
}

func TestWatcherPollsWithoutASocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := heard(t, 70*time.Second, func() (Source, error) { return nil, errors.New("not permitted") })
		if diff := cmp.Diff([]string{"rescan", "rescan", "rescan"}, got); diff != "" {
			t.Error(diff)
		}
	})
}

// On the machine at hand there is either the kernel's socket, which Close wakes, or an error that leads to polling.
func TestKernel(t *testing.T) {
	s, err := Kernel()
	if err != nil {
		t.Logf("no socket here: %v", err)
		got := heard(t, 50*time.Millisecond, nil)
		if len(got) != 1 || got[0] != Rescan {
			t.Errorf("without a socket: %q", got)
		}
		return
	}
	ended := make(chan error, 1)
	go func() {
		for {
			if _, err := s.Next(); err != nil && !errors.Is(err, ErrLost) {
				ended <- err
				return
			}
		}
	}()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func FuzzParseEvent(f *testing.F) {
	f.Add([]byte(plugIn))
	f.Add([]byte(newLine))
	f.Add([]byte("libudev\x00\xfe\xed\xca\xfe"))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := ParseEvent(b)
		if err == nil && (e.Action == "" || e.DevPath == "") {
			t.Errorf("accepted %+v", e)
		}
	})
}
