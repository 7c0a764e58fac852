package port

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// line is a pseudo-terminal with a driver's port on it.
func line(t *testing.T, s Serial) (*PTY, io.ReadWriteCloser) {
	t.Helper()
	far, err := NewPTY(filepath.Join(t.TempDir(), "tty"))
	if err != nil {
		t.Fatal(err)
	}
	s.Path, s.Baud = far.Link(), 115200
	near, err := s.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close(); far.Close() })
	return far, near
}

// everyByte holds each value, those that terminals like to eat included.
func everyByte(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

func readAll(t *testing.T, r io.Reader, n int) []byte {
	t.Helper()
	var got []byte
	b := make([]byte, 4096)
	for len(got) < n {
		m, err := r.Read(b)
		if err != nil && !errors.Is(err, ErrQuiet) {
			t.Fatalf("after %d of %d bytes: %v", len(got), n, err)
		}
		got = append(got, b[:m]...)
	}
	return got
}

func TestSerialCarriesEveryByteBothWays(t *testing.T) {
	far, near := line(t, Serial{})
	want := everyByte(36864)
	for _, way := range []struct {
		name     string
		from, to io.ReadWriter
	}{{"to the device", near, far}, {"from the device", far, near}} {
		var sent sync.WaitGroup
		sent.Go(func() {
			if n, err := way.from.Write(want); n != len(want) || err != nil {
				t.Errorf("%s: wrote %d, %v", way.name, n, err)
			}
		})
		if got := readAll(t, way.to, len(want)); !bytes.Equal(got, want) {
			t.Errorf("%s: bytes differ", way.name)
		}
		sent.Wait()
	}
}

func TestSilenceIsQuietAndNotTheEnd(t *testing.T) {
	far, near := line(t, Serial{})
	for range 2 {
		if _, err := near.Read(make([]byte, 8)); !errors.Is(err, ErrQuiet) {
			t.Fatalf("silence read as %v", err)
		}
	}
	far.Write([]byte("x"))
	if got := readAll(t, near, 1); string(got) != "x" {
		t.Fatalf("after silence: %q", got)
	}
}

// The library answers end of file for silence and, a million times a second, for a pulled cable.
func TestUnplugIsGone(t *testing.T) {
	cases := []struct {
		name string
		when func(far *PTY) (wait func())
	}{
		{"before the read", func(far *PTY) func() { far.Close(); return func() {} }},
		{"during the read", func(far *PTY) func() {
			var w sync.WaitGroup
			w.Go(func() { time.Sleep(30 * time.Millisecond); far.Close() })
			return w.Wait
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			far, near := line(t, Serial{Quiet: time.Second})
			defer c.when(far)()
			if _, err := near.Read(make([]byte, 8)); !errors.Is(err, ErrGone) {
				t.Fatalf("read: %v, want ErrGone", err)
			}
			if _, err := near.Read(make([]byte, 8)); !errors.Is(err, ErrGone) {
				t.Fatalf("second read: %v, want ErrGone", err)
			}
			if n, err := near.Write([]byte("x")); n != 0 || !errors.Is(err, ErrGone) {
				t.Fatalf("write: %d, %v, want 0, ErrGone", n, err)
			}
			if err := near.Close(); err != nil {
				t.Fatalf("close: %v", err)
			}
		})
	}
}

// A driver that treats every error but ErrGone as "again" must come out of its loop, and soon: turns are counted, not
// time. The control shows what the same loop does on the bare library's meaning of end of file.
func TestNoBusyLoopAfterUnplug(t *testing.T) {
	far, near := line(t, Serial{})
	far.Close()
	turns := 0
	for ; turns < 1000; turns++ {
		if _, err := near.Read(make([]byte, 8)); errors.Is(err, ErrGone) {
			break
		}
	}
	if turns > 1 {
		t.Errorf("%d turns before the port admitted the unplug", turns)
	}
	bare := near.(*serialPort).main
	for turns = 0; turns < 1000; turns++ {
		if _, err := bare.Read(make([]byte, 8)); err != io.EOF {
			break
		}
	}
	if turns < 1000 {
		t.Error("control: the bare library no longer spins; the port may be simpler now")
	}
}

func TestWriterIsNeverHeldForEver(t *testing.T) {
	far, near := line(t, Serial{Stall: 100 * time.Millisecond})
	n, err := near.Write(make([]byte, 1<<20))
	if !errors.Is(err, ErrStuck) || n == 0 || n == 1<<20 {
		t.Fatalf("nobody reads: wrote %d, %v; want part of it and ErrStuck", n, err)
	}
	// The port lives on, and what the line held was dropped with the failed write.
	var w sync.WaitGroup
	w.Go(func() {
		b := make([]byte, 4096)
		for {
			m, err := far.Read(b)
			if err != nil || bytes.Contains(b[:m], []byte("fresh")) {
				return
			}
		}
	})
	if _, err := near.Write([]byte("fresh")); err != nil {
		t.Fatalf("after the line was freed: %v", err)
	}
	w.Wait()
}

// A simulator that reads at the pace of a slow line holds the writer for seconds before the kernel tells of room.
func TestPseudoTerminalsAreGivenTime(t *testing.T) {
	far, err := NewPTY("")
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	for baud, want := range map[int]time.Duration{9600: 18 * time.Second, 38400: 4500 * time.Millisecond, 115200: 1500 * time.Millisecond} {
		near, err := Serial{Path: far.Name(), Baud: baud}.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := near.(*serialPort).stall - stallDefault; got < want || got > want+want/10 {
			t.Errorf("%d baud: %v more, want about %v", baud, got, want)
		}
		near.Close()
	}
	near, err := Serial{Path: far.Name(), Baud: 9600, Stall: time.Second}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	if got := near.(*serialPort).stall; got != time.Second {
		t.Errorf("a stall that was asked for became %v", got)
	}
}

func TestStuckWriterLearnsOfUnplug(t *testing.T) {
	far, near := line(t, Serial{Stall: time.Minute})
	var w sync.WaitGroup
	w.Go(func() { time.Sleep(50 * time.Millisecond); far.Close() })
	if _, err := near.Write(make([]byte, 1<<20)); !errors.Is(err, ErrGone) {
		t.Fatalf("unplugged while stuck: %v, want ErrGone", err)
	}
	w.Wait()
}

func TestCloseFreesReaderAndWriter(t *testing.T) {
	_, near := line(t, Serial{Stall: time.Minute})
	var w sync.WaitGroup
	w.Go(func() {
		for {
			if _, err := near.Read(make([]byte, 8)); !errors.Is(err, ErrQuiet) {
				if !errors.Is(err, ErrClosed) {
					t.Errorf("reader: %v, want ErrClosed", err)
				}
				return
			}
		}
	})
	w.Go(func() {
		if _, err := near.Write(make([]byte, 1<<20)); !errors.Is(err, ErrClosed) {
			t.Errorf("writer: %v, want ErrClosed", err)
		}
	})
	time.Sleep(50 * time.Millisecond) // both are inside their calls; should they not be, the test proves less, never fails
	if err := near.Close(); err != nil {
		t.Error(err)
	}
	w.Wait()
	if err := near.Close(); !errors.Is(err, ErrClosed) {
		t.Errorf("second close: %v, want ErrClosed", err)
	}
}

// A write that the closing overtakes between two of its pieces is refused a deadline, in an error that is not os.ErrClosed.
func TestCloseBetweenTwoPieces(t *testing.T) {
	_, near := line(t, Serial{})
	if err := near.(*serialPort).side.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := near.Write([]byte{1}); !errors.Is(err, ErrClosed) {
		t.Errorf("write: %v, want ErrClosed", err)
	}
}

func TestOneOwner(t *testing.T) {
	far, near := line(t, Serial{})
	again := Serial{Path: far.Name(), Baud: 9600}
	if _, err := again.Open(t.Context()); !errors.Is(err, ErrBusy) {
		t.Fatalf("second opener: %v, want ErrBusy", err)
	}
	near.Close()
	third, err := again.Open(t.Context())
	if err != nil {
		t.Fatalf("after the first closed: %v", err)
	}
	third.Close()
}

func TestExclusiveUnlessPseudoTerminal(t *testing.T) {
	_, near := line(t, Serial{})
	var held int
	err := near.(*serialPort).ioctl(func(fd int) (err error) { held, err = unix.IoctlGetInt(fd, unix.TIOCGEXCL); return err })
	if err != nil || held != 0 {
		t.Errorf("pseudo-terminal: exclusive %d, %v; a killed owner would leave it so", held, err)
	}
}

func TestOpenErrorsSayWhatToDo(t *testing.T) {
	far, err := NewPTY("")
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	for _, c := range []struct {
		name string
		s    Serial
		is   error
	}{
		{"no such line", Serial{Path: filepath.Join(t.TempDir(), "none"), Baud: 9600}, os.ErrNotExist},
		{"odd speed", Serial{Path: far.Name(), Baud: 12345}, nil},
		{"unknown frame", Serial{Path: far.Name(), Baud: 9600, Frame: "5o2"}, nil},
		{"unknown flow control", Serial{Path: far.Name(), Baud: 9600, Flow: "smoke"}, nil},
		{"not a terminal", Serial{Path: os.DevNull, Baud: 9600}, syscall.ENOTTY},
	} {
		p, err := c.s.Open(t.Context())
		if err == nil || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: port %v, error %v", c.name, p, err)
		}
	}
	p, err := Serial{Path: far.Name(), Baud: 9600}.Open(t.Context())
	if err != nil {
		t.Fatalf("a failed open must leave the line free: %v", err)
	}
	p.Close()
}

func TestXOFFHoldsTheWriter(t *testing.T) {
	far, near := line(t, Serial{Flow: FlowXONXOFF, Stall: 100 * time.Millisecond})
	far.Write([]byte{0x13})
	near.Read(make([]byte, 1)) // the terminal layer keeps XOFF for itself; this only gives it time
	if n, err := near.Write([]byte("held")); n != 0 || !errors.Is(err, ErrStuck) {
		t.Fatalf("held back: wrote %d, %v; want 0, ErrStuck", n, err)
	}
	far.Write([]byte{0x11})
	near.Read(make([]byte, 1))
	if _, err := near.Write([]byte("go")); err != nil {
		t.Fatalf("released: %v", err)
	}
	if got := readAll(t, far, 2); string(got) != "go" {
		t.Errorf("got %q", got)
	}
}

// A pseudo-terminal has neither data bits nor parity: that a line takes the frame is all that can be seen here.
func TestFrames(t *testing.T) {
	for _, frame := range []Frame{"", Frame8N1, Frame7E1, Frame8E1} {
		far, near := line(t, Serial{Frame: frame})
		if _, err := near.Write([]byte("x")); err != nil {
			t.Errorf("%q: %v", frame, err)
		}
		if got := readAll(t, far, 1); string(got) != "x" {
			t.Errorf("%q: got %q", frame, got)
		}
	}
}

func TestReplugUnderTheSameName(t *testing.T) {
	link := filepath.Join(t.TempDir(), "printer")
	for range 3 {
		far, err := NewPTY(link)
		if err != nil {
			t.Fatal(err)
		}
		near, err := Serial{Path: link, Baud: 38400}.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		far.Close()
		if _, err := os.Lstat(link); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("unplugged, but the link is still there: %v", err)
		}
		near.Close()
	}
	os.WriteFile(link, nil, 0o600)
	if p, err := NewPTY(link); err == nil {
		p.Close()
		t.Error("a file that is no symlink was replaced")
	}
}

func TestStaleInputIsDropped(t *testing.T) {
	far, err := NewPTY("")
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	far.Write([]byte("for somebody else"))
	near, err := Serial{Path: far.Name(), Baud: 9600}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	if n, err := near.Read(make([]byte, 32)); !errors.Is(err, ErrQuiet) {
		t.Errorf("read %d bytes, %v; want ErrQuiet", n, err)
	}
}

func TestTCPHasTheSameMeanings(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	near, err := TCP{Address: l.Addr().String(), Quiet: 10 * time.Millisecond, Stall: 50 * time.Millisecond}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	far, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := near.Read(make([]byte, 8)); !errors.Is(err, ErrQuiet) {
		t.Errorf("silence: %v", err)
	}
	if n, err := near.Write(make([]byte, 64<<20)); !errors.Is(err, ErrStuck) {
		t.Errorf("nobody reads: %d, %v", n, err)
	}
	far.Close()
	for err = nil; err == nil || errors.Is(err, ErrQuiet); _, err = near.Read(make([]byte, 8)) {
	}
	if !errors.Is(err, ErrGone) {
		t.Errorf("far end closed: %v", err)
	}
	near.Close()
	if _, err := near.Read(make([]byte, 8)); !errors.Is(err, ErrClosed) {
		t.Errorf("after close: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (TCP{Address: l.Addr().String()}).Open(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled dial: %v", err)
	}
}
