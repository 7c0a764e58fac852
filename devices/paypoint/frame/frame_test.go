package frame

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"markaz.example/devices/profile"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stream is a connection that has all its bytes at once.
type stream struct{ io.Reader }

func (stream) SetReadDeadline(time.Time) error { return nil }

func variants() []profile.PaypointFrame {
	return []profile.PaypointFrame{
		{Length: profile.LengthBinary}, {Length: profile.LengthBinary, Inclusive: true},
		{Length: profile.LengthASCII}, {Length: profile.LengthASCII, Inclusive: true},
	}
}

func TestRoundTrip(t *testing.T) {
	for _, how := range variants() {
		rapid.Check(t, func(t *rapid.T) {
			messages := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 1, 300), 1, 5).Draw(t, "messages")
			var all []byte
			for _, m := range messages {
				all = Append(all, how, m)
			}
			r := NewReader(stream{bytes.NewReader(all)}, how, 300, time.Hour, time.Hour)
			for _, m := range messages {
				if got, err := r.Next(); err != nil || !bytes.Equal(got, m) {
					t.Fatalf("%x, %v, want %x", got, err, m)
				}
			}
			if _, err := r.Next(); err != io.EOF {
				t.Fatalf("at the end: %v", err)
			}
			if !bytes.Equal(r.buf, make([]byte, 300)) {
				t.Fatalf("left %x", r.buf)
			}
		})
	}
}

// Known bytes, so that reading and writing cannot be wrong in the same way.
func TestKnownBytes(t *testing.T) {
	want := []string{"\x00\x03abc", "\x00\x05abc", "0003abc", "0007abc"}
	for i, how := range variants() {
		if got := string(Append(nil, how, []byte("abc"))); got != want[i] {
			t.Errorf("%+v: %q, want %q", how, got, want[i])
		}
	}
}

func TestLengthsThatAreNone(t *testing.T) {
	for _, c := range []struct {
		how profile.PaypointFrame
		in  string
	}{
		{variants()[0], "\x00\x00"}, {variants()[0], "\xff\xff"}, {variants()[0], "\x01\x2d"}, {variants()[1], "\x00\x02"}, {variants()[1], "\x00\x01"},
		{variants()[2], "0000"}, {variants()[2], "9999"}, {variants()[2], "abcd"}, {variants()[2], "-001"}, {variants()[3], "0004"}, {variants()[3], "0001"},
	} {
		r := NewReader(stream{bytes.NewReader([]byte(c.in + "more"))}, c.how, 300, time.Hour, time.Hour)
		if b, err := r.Next(); !errors.Is(err, ErrLength) {
			t.Errorf("%q: %q, %v", c.in, b, err)
		}
	}
}

func TestCutAnywhereIsHalf(t *testing.T) {
	for _, how := range variants() {
		whole := Append(nil, how, []byte("abc"))
		for n := 1; n < len(whole); n++ {
			r := NewReader(stream{bytes.NewReader(whole[:n])}, how, 300, time.Hour, time.Hour)
			if _, err := r.Next(); !errors.Is(err, ErrHalf) {
				t.Errorf("%q: %v", whole[:n], err)
			}
		}
	}
}

func TestTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer near.Close()
		defer far.Close()
		r := NewReader(far, variants()[0], 300, time.Minute, time.Second)
		began := time.Now()
		if _, err := r.Next(); !errors.Is(err, ErrIdle) || time.Since(began) != time.Minute {
			t.Errorf("silence: %v after %v", err, time.Since(began))
		}
		go func() { _, _ = near.Write([]byte{0}) }()
		began = time.Now()
		if _, err := r.Next(); !errors.Is(err, ErrHalf) || time.Since(began) != time.Second {
			t.Errorf("half: %v after %v", err, time.Since(began))
		}
	})
}

func FuzzNext(f *testing.F) {
	f.Add(uint8(0), []byte("\x00\x03abc\x00\x01d"))
	f.Add(uint8(3), []byte("0007abc0005d"))
	f.Fuzz(func(t *testing.T, which uint8, in []byte) {
		how := variants()[int(which)%4]
		r := NewReader(stream{bytes.NewReader(in)}, how, 64, time.Hour, time.Hour)
		for range len(in) + 1 {
			b, err := r.Next()
			if err != nil {
				return
			}
			if len(b) < 1 || len(b) > 64 {
				t.Fatalf("%d bytes", len(b))
			}
		}
		t.Fatal("more messages than bytes")
	})
}
