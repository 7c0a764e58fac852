package vhci

import (
	"bytes"
	"context"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/devices/port"
	"markaz.example/devices/usb"
)

// sink is a device on a byte stream that keeps what it takes, says what it is told to say, and can stop taking.
type sink struct {
	say  chan []byte
	room chan int // how many bytes it takes next; closed for any

	mu   sync.Mutex
	took bytes.Buffer // guarded by mu
}

func newSink() *sink { return &sink{say: make(chan []byte), room: make(chan int)} }

func (s *sink) Run(ctx context.Context) error { <-ctx.Done(); return nil }

func (s *sink) Serve(ctx context.Context, wire io.ReadWriteCloser) error {
	var parts sync.WaitGroup
	defer parts.Wait()
	defer context.AfterFunc(ctx, func() { wire.Close() })()
	parts.Go(func() {
		for {
			select {
			case b := <-s.say:
				_, _ = wire.Write(b)
			case <-ctx.Done():
				return
			}
		}
	})
	for {
		n := 16
		select {
		case limit, ok := <-s.room:
			if ok {
				n = limit
			}
		case <-ctx.Done():
			return nil
		}
		b := make([]byte, n)
		n, err := wire.Read(b)
		if err != nil {
			return err
		}
		s.mu.Lock()
		s.took.Write(b[:n])
		s.mu.Unlock()
	}
}

// taken is how many bytes it has, once all is still.
func (s *sink) taken() int {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.took.Len()
}

// greedy takes all it is given.
func greedy() *sink {
	s := newSink()
	close(s.room)
	return s
}

func testPrinter(s *sink) *Printer {
	return &Printer{Sim: s, Vendor: 0x04b8, Product: 0x0e28, Serial: "S1", ID: "MFG:EPSON;CLS:PRINTER;"}
}

func TestStandardRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := testPrinter(greedy())
		_, h := plugIn(t, p)
		for name, c := range map[string]struct {
			setup [8]byte
			want  []byte
		}{
			"device":        {[8]byte{0x80, 6, 0, 1, 0, 0, 18, 0}, p.Descriptors().Device},
			"device, short": {[8]byte{0x80, 6, 0, 1, 0, 0, 8, 0}, p.Descriptors().Device[:8]},
			"configuration": {[8]byte{0x80, 6, 0, 2, 0, 0, 255, 0}, p.Descriptors().Config},
			"languages":     {[8]byte{0x80, 6, 0, 3, 0, 0, 255, 0}, []byte{4, 3, 9, 4}},
			"serial number": {[8]byte{0x80, 6, 3, 3, 9, 4, 255, 0}, []byte{6, 3, 'S', 0, '1', 0}},
			"status":        {[8]byte{0x80, 0, 0, 0, 0, 0, 2, 0}, []byte{1, 0}},
			"chosen":        {[8]byte{0x80, 8, 0, 0, 0, 0, 1, 0}, []byte{1}},
			"alternate":     {[8]byte{0x81, 10, 0, 0, 0, 0, 1, 0}, []byte{0}},
			"choose":        {[8]byte{0x00, 9, 1, 0, 0, 0, 0, 0}, nil},
		} {
			if got := h.control(c.setup, nil); got.status != 0 || !bytes.Equal(got.data, c.want) {
				t.Errorf("%s: got %+v, want % x", name, got, c.want)
			}
		}
		for name, setup := range map[string][8]byte{
			"a string that is not there": {0x80, 6, 9, 3, 9, 4, 255, 0},
			"device qualifier":           {0x80, 6, 0, 6, 0, 0, 10, 0},
			"a request of no standard":   {0x80, 7, 0, 0, 0, 0, 1, 0},
			"a vendor's request":         {0xc0, 1, 0, 0, 0, 0, 1, 0},
		} {
			if got := h.control(setup, nil); got.status != statusStall {
				t.Errorf("%s: got %+v, want a stall", name, got)
			}
		}
	})
}

func TestPrinter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := greedy()
		p := testPrinter(s)
		var resets int
		p.Status, p.Reset = func() byte { return port.PortPaperOut }, func() { resets++ }
		_, h := plugIn(t, p)
		id := h.control([8]byte{0xa1, 0, 0, 0, 0, 0, 0xff, 3}, nil)
		if want := append([]byte{0, 24}, p.ID...); !bytes.Equal(id.data, want) {
			t.Errorf("device id %q, want %q", id.data, want)
		}
		if got := h.control([8]byte{0xa1, 1, 0, 0, 0, 0, 1, 0}, nil); !bytes.Equal(got.data, []byte{port.PortPaperOut}) {
			t.Errorf("port status %+v", got)
		}
		if got := h.control([8]byte{0x21, 2, 0, 0, 0, 0, 0, 0}, nil); got.status != 0 || resets != 1 {
			t.Errorf("soft reset %+v, %d done", got, resets)
		}
		_, out := h.out(1, []byte("a slip of twenty six bytes"))
		if got := h.wait(out); got.status != 0 || got.length != 26 || s.taken() != 26 {
			t.Errorf("bulk out %+v, device took %d", got, s.taken())
		}
		_, in := h.in(2, 64)
		s.say <- []byte{0x12}
		if got := h.wait(in); got.status != 0 || !bytes.Equal(got.data, []byte{0x12}) {
			t.Errorf("bulk in %+v", got)
		}
	})
}

func TestSerial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line := &Serial{Sim: greedy(), Vendor: 0x0525, Product: 0xa4a7, Name: "line"}
		_, h := plugIn(t, line)
		coding := []byte{0x80, 0x25, 0, 0, 0, 0, 8}
		if got := h.control([8]byte{0x21, 0x20, 0, 0, 0, 0, 7, 0}, coding); got.status != 0 || got.length != 7 {
			t.Errorf("set line coding %+v", got)
		}
		if got, want := line.LineCoding(), (LineCoding{Baud: 9600, DataBits: 8}); got != want {
			t.Errorf("line coding %+v, want %+v", got, want)
		}
		if got := h.control([8]byte{0xa1, 0x21, 0, 0, 0, 0, 7, 0}, nil); !bytes.Equal(got.data, coding) {
			t.Errorf("get line coding %+v", got)
		}
		if got := h.control([8]byte{0x21, 0x20, 0, 0, 0, 0, 2, 0}, coding[:2]); got.status != statusStall {
			t.Errorf("a line coding of two bytes: %+v", got)
		}
		_, notice := h.in(1, 16)
		h.control([8]byte{0x21, 0x22, 1, 0, 0, 0, 0, 0}, nil)
		if got := h.wait(notice); !bytes.Equal(got.data, []byte{0xa1, 0x20, 0, 0, 0, 0, 2, 0, 3, 0}) {
			t.Errorf("serial state %+v", got)
		}
	})
}

// The lengths inside a configuration add up: a kernel walks by them.
func TestDescriptorsAddUp(t *testing.T) {
	for name, d := range map[string]Descriptors{
		"printer": testPrinter(greedy()).Descriptors(),
		"serial":  (&Serial{Name: "line"}).Descriptors(),
	} {
		if len(d.Device) != 18 || int(d.Config[2])|int(d.Config[3])<<8 != len(d.Config) {
			t.Errorf("%s: device of %d bytes, configuration of %d", name, len(d.Device), len(d.Config))
		}
		rest, faces, ends := d.Config, 0, 0
		for len(rest) > 0 {
			switch rest[1] {
			case descInterface:
				faces++
			case descEndpoint:
				ends++
			}
			rest = rest[rest[0]:]
		}
		if faces != int(d.Config[4]) || ends == 0 {
			t.Errorf("%s: %d interfaces, its head says %d; %d endpoints", name, faces, d.Config[4], ends)
		}
	}
}

func TestEndpointsDoNotWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink() // takes nothing
		_, h := plugIn(t, testPrinter(s))
		h.in(2, 64)
		h.out(1, []byte("waits"))
		if got := h.control([8]byte{0x80, 0, 0, 0, 0, 0, 2, 0}, nil); got.status != 0 {
			t.Errorf("got %+v", got)
		}
	})
}

func TestTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink()
		_, h := plugIn(t, testPrinter(s))
		first, _ := h.in(2, 64)
		second, _ := h.in(2, 64)
		synctest.Wait() // the first has its turn, the second waits for it
		for name, victim := range map[string]uint32{"waiting": second, "has its turn": first} {
			if got := h.wait(h.unlink(victim)); got.kind != unlinked || got.status != statusTaken {
				t.Errorf("%s: got %+v", name, got)
			}
		}
		if got := h.wait(h.unlink(first)); got.status != statusDone {
			t.Errorf("taken back twice: %+v", got)
		}
		_, third := h.in(2, 64)
		s.say <- []byte("kept")
		if got := h.wait(third); string(got.data) != "kept" {
			t.Errorf("after transfers were taken back: %+v", got)
		}
	})
}

func TestTakenBackCountsWhatWasTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink()
		_, h := plugIn(t, testPrinter(s))
		seq, out := h.out(1, make([]byte, 100))
		s.room <- 37
		synctest.Wait()
		undone := h.unlink(seq)
		if got := h.wait(out); got.status != statusTaken || got.length != 37 || s.taken() != 37 {
			t.Errorf("got %+v, device took %d", got, s.taken())
		}
		if got := h.wait(undone); got.status != statusDone {
			t.Errorf("unlink: %+v", got)
		}
	})
}

func TestTooManyTransfersEndTheCable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, h := plugIn(t, testPrinter(newSink()))
		for range transfersMax + 1 {
			h.in(2, 1)
		}
		<-h.over
	})
}

func TestPullAfter(t *testing.T) {
	for name, c := range map[string]struct {
		after int
		cut   bool
	}{
		"in the middle":          {37, true},
		"at once":                {0, true},
		"after the last byte":    {100, true},
		"control: not this time": {101, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := greedy()
				o, h := plugIn(t, testPrinter(s))
				const rest = 3 * time.Second
				began := time.Now()
				o.PullAfter(c.after, rest)
				_, out := h.out(1, make([]byte, 100))
				got := h.wait(out)
				if (got.kind == 0) != c.cut || s.taken() != min(c.after, 100) || o.Taken() != int64(min(c.after, 100)) {
					t.Fatalf("answer %+v, device took %d", got, s.taken())
				}
				if !c.cut {
					return
				}
				h.awaitPlug()
				if out := time.Since(began); out != rest || !o.Plugged() {
					t.Errorf("back after %v, want %v", out, rest)
				}
				if _, again := h.out(1, []byte("more")); h.wait(again).length != 4 {
					t.Error("takes nothing after it came back")
				}
			})
		})
	}
}

func TestPlugOutStaysOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, h := plugIn(t, testPrinter(greedy()))
		o.PullAfter(0, time.Second)
		<-h.over
		o.Plug(false) // a person was quicker
		time.Sleep(time.Minute)
		if o.Plugged() {
			t.Fatal("came back by itself")
		}
		elsewhere := newFakeHost(t)
		o.Move(elsewhere)
		o.Plug(true)
		elsewhere.awaitPlug()
		o.Plug(false)
		<-elsewhere.over
	})
}

func TestFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := greedy()
		o, h := plugIn(t, testPrinter(s))
		o.SetFaults(Faults{Stalls: 1, Short: 2, Delay: time.Second})
		_, out := h.out(1, []byte("refused"))
		if got := h.wait(out); got.status != statusStall || s.taken() != 0 {
			t.Errorf("stall: %+v", got)
		}
		began := time.Now()
		_, in := h.in(2, 64)
		time.Sleep(2 * time.Second)
		s.say <- []byte("cut")
		if got := h.wait(in); string(got.data) != "cu" || time.Since(began) < time.Second {
			t.Errorf("short and late: %+v after %v", got, time.Since(began))
		}
		o.SetFaults(Faults{Silent: true})
		_, out = h.out(1, []byte("later"))
		time.Sleep(time.Hour)
		if s.taken() != 0 {
			t.Error("a silent device took something")
		}
		o.SetFaults(Faults{})
		if got := h.wait(out); got.length != 5 || s.taken() != 5 {
			t.Errorf("after silence: %+v", got)
		}
	})
}

// parcels is a reader that sends what it is told to send.
type parcels struct {
	interrupts, pictures chan []byte
	pulled               int
	mute                 bool
}

func (p *parcels) DeviceDescriptor() []byte { return []byte{18, 1} }

func (p *parcels) ConfigDescriptor() []byte {
	return config(1, face(0, 2, 0xff, 0xff, 0xff), endpoint(0x81, interrupt, 64, 4), endpoint(0x82, bulk, 512, 0))
}

func (p *parcels) Strings() []string { return []string{"maker"} }

func (p *parcels) Control(r usb.Request, data []byte) ([]byte, error) {
	switch {
	case p.mute:
		return nil, port.ErrQuiet
	case r.Type == 0xc0:
		return []byte{byte(r.Value), byte(len(data))}, nil
	case r.Type == 0x40:
		return nil, nil
	}
	return nil, usb.ErrStall
}

func (p *parcels) Interrupt(ctx context.Context) ([]byte, error) { return fetch(ctx, p.interrupts) }
func (p *parcels) Bulk(ctx context.Context) ([]byte, error)      { return fetch(ctx, p.pictures) }
func (p *parcels) Pull()                                         { p.pulled++ }

func fetch(ctx context.Context, from chan []byte) ([]byte, error) {
	select {
	case b := <-from:
		return b, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func TestReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &parcels{interrupts: make(chan []byte, 1), pictures: make(chan []byte, 1)}
		o, h := plugIn(t, &Reader{Sim: p})
		if got := h.control([8]byte{0xc0, 4, 7, 0, 0, 0, 16, 0}, nil); !bytes.Equal(got.data, []byte{7, 16}) {
			t.Errorf("register %+v", got)
		}
		p.interrupts <- []byte{0x56, 0xaa}
		if _, in := h.in(1, 64); !bytes.Equal(h.wait(in).data, []byte{0x56, 0xaa}) {
			t.Error("interrupt did not come")
		}
		p.pictures <- []byte("a picture")
		for _, want := range []string{"a pict", "ure"} {
			if _, in := h.in(2, 6); string(h.wait(in).data) != want {
				t.Errorf("want %q", want)
			}
		}
		if _, out := h.out(3, []byte("x")); h.wait(out).status != statusStall {
			t.Error("took bytes that it has no pipe for")
		}
		if _, in := h.in(5, 6); h.wait(in).status != statusStall {
			t.Error("gave bytes from a pipe that it has not")
		}
		o.Plug(false)
		<-h.over
		synctest.Wait()
		if p.pulled != 1 {
			t.Errorf("was told of %d pulls", p.pulled)
		}
	})
}

func TestMuteReaderDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, h := plugIn(t, &Reader{Sim: &parcels{mute: true}})
		seq, done := h.send(true, [12]uint32{0: 1, 3: 1, 6: 1, 10: 0xc0040700, 11: 0x00000100}, nil)
		time.Sleep(time.Hour)
		if len(done) > 0 {
			t.Fatal("answered")
		}
		if got := h.wait(h.unlink(seq)); got.status != statusTaken {
			t.Errorf("got %+v", got)
		}
	})
}
