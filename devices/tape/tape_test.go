package tape

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"markaz.example/devices/port"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func show(r *Ring) (out []string) {
	for _, e := range r.Last() {
		out = append(out, string(e.Dir)+" "+e.String())
	}
	return out
}

func TestRing(t *testing.T) {
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	bytes4 := []Piece{{Bytes: []byte{1, 2, 3, 4}}}
	for _, c := range []struct {
		name string
		ring *Ring
		keep func(r *Ring)
		want []string
		lost int
	}{
		{"nothing", &Ring{}, func(*Ring) {}, nil, 0},
		{"close together", &Ring{}, func(r *Ring) { r.Keep(at(0), In, bytes4); r.Keep(at(10), In, bytes4); r.Keep(at(25), In, bytes4) },
			[]string{"< 01 02 03 04 01 02 03 04 01 02 03 04"}, 0},
		{"far apart", &Ring{}, func(r *Ring) { r.Keep(at(0), In, bytes4); r.Keep(at(21), In, bytes4) }, []string{"< 01 02 03 04", "< 01 02 03 04"}, 0},
		{"two ways", &Ring{}, func(r *Ring) { r.Keep(at(0), Out, bytes4); r.Keep(at(1), In, bytes4) }, []string{"> 01 02 03 04", "< 01 02 03 04"}, 0},
		{"only the last", &Ring{Exchanges: 2}, func(r *Ring) {
			for i := range 5 {
				r.Keep(at(100*i), In, []Piece{{Bytes: []byte{byte(i)}}})
			}
		}, []string{"< 03", "< 04"}, 3},
		{"joined unless a write was slow", &Ring{}, func(r *Ring) {
			r.Keep(at(0), Out, bytes4)
			r.Taken(at(80))
			r.Keep(at(95), Out, bytes4)
			r.Taken(at(900))
			r.Keep(at(901), Out, bytes4)
		}, []string{"> 01 02 03 04 01 02 03 04", "> 01 02 03 04"}, 0},
		{"cut", &Ring{Payload: 3}, func(r *Ring) { r.Keep(at(0), Out, bytes4); r.Keep(at(1), Out, bytes4) }, []string{"> 01 02 03 +5 bytes"}, 0},
		{"masked", &Ring{}, func(r *Ring) {
			r.Keep(at(0), Out, []Piece{{Hidden: 12000}})
			r.Keep(at(1), Out, []Piece{{Hidden: 345}, {Bytes: []byte{9}}})
		}, []string{"> +12,345 bytes 09"}, 0},
		{"bounded in memory", &Ring{Exchanges: 100, Payload: 1000, Bytes: 3 * (2*pieceCost + 4)}, func(r *Ring) {
			for i := range 10 {
				r.Keep(at(100*i), In, bytes4)
			}
		}, []string{"< 01 02 03 04", "< 01 02 03 04", "< 01 02 03 04"}, 7},
	} {
		c.keep(c.ring)
		if diff := cmp.Diff(c.want, show(c.ring)); diff != "" || c.ring.Lost() != c.lost {
			t.Errorf("%s: lost %d\n%s", c.name, c.ring.Lost(), diff)
		}
	}
}

// A page that holds what Last gave does not see later bytes join it.
func TestLastIsACopy(t *testing.T) {
	r := &Ring{}
	r.Keep(start, In, []Piece{{Bytes: []byte{1}}})
	got := r.Last()
	r.Keep(start, In, []Piece{{Bytes: []byte{2}}})
	got[0].Pieces[0].Bytes = append(got[0].Pieces[0].Bytes, 9)
	if diff := cmp.Diff([]string{"< 01 02"}, show(r)); diff != "" {
		t.Error(diff)
	}
}

func TestExchangeText(t *testing.T) {
	e := Exchange{Pieces: []Piece{{Bytes: []byte("S S  1.0 kg\r\n"), Hidden: 4}}}
	if got := e.Text(); got != "S S  1.0 kg.." {
		t.Errorf("%q", got)
	}
}

// Every way of cutting a stream hides the same bytes.
func TestMasks(t *testing.T) {
	packet := func(kind byte, body ...byte) []byte {
		n := len(body) + 2
		return append(append([]byte{0xef, 0x01, 0xff, 0xff, 0xff, 0xff, kind, byte(n >> 8), byte(n)}, body...), 0xaa, 0xbb)
	}
	rows := bytes.Repeat([]byte{0x5a}, 3*4)
	template := bytes.Repeat([]byte{0x77}, 128)
	for _, c := range []struct {
		name string
		mask Mask
		dir  Direction
		say  [][]byte
		want string
	}{
		{"a slip", Pictures, Out, [][]byte{{0x1b, 0x40}, {0x1d, 0x76, 0x30, 0, 3, 0, 4, 0}, rows, {0x1d, 0x56, 0}}, "1b401d76300003000400 +12 1d5600"},
		{"a stored slip", Pictures, Out, [][]byte{{0x1d, 0x28, 0x4c, 14, 0, 0x30}, {112}, rows, {0x1d, 0x28, 0x4c, 2, 0, 0x30, 0x32}}, "1d284c0e003070 +12 1d284c02003032"},
		{"a large stored slip", Pictures, Out, [][]byte{{0x1d, 0x38, 0x4c, 14, 0, 0, 0, 0x30, 112}, rows, {0x0a}}, "1d384c0e0000003070 +12 0a"},
		{"strips", Pictures, Out, [][]byte{{0x1b, 0x2a, 33, 4, 0}, rows, {0x0a, 0x1b, 0x2a, 0, 2, 0, 0x55, 0x55, 0x0a}}, "1b2a210400 +12 0a1b2a000200 +2 0a"},
		{"almost a picture", Pictures, Out, [][]byte{{0x1d, 0x1d, 0x76, 0x31, 0x1d, 0x76, 0x30, 0, 1, 0, 1, 0}, {0x55, 0x66}}, "1d1d76311d76300001000100 +1 66"},
		{"a printer's answer", Pictures, In, [][]byte{{0x1d, 0x76, 0x30, 0, 1, 0, 1, 0, 0x12}}, "1d7630000100010012"},
		{"a command", Fingers, Out, [][]byte{packet(1, 0x01)}, "ef01ffffffff01000301aabb"},
		{"a password", Fingers, Out, [][]byte{packet(1, checkPassword, 1, 2, 3, 4), packet(1, 0x01)}, "ef01ffffffff01000713 +6 ef01ffffffff01000301aabb"},
		{"a template", Fingers, In, [][]byte{packet(7, 0), packet(2, template...), packet(8, template...)},
			"ef01ffffffff07000300aabb ef01ffffffff020082 +130 ef01ffffffff080082 +130"},
		{"a template that calls itself an answer", Fingers, In, [][]byte{packet(7, template...)}, "ef01ffffffff070082 +130"},
		{"bytes of no packet", Fingers, In, [][]byte{{1, 2, 3}, template}, "+131"},
		{"a broken head", Fingers, In, [][]byte{{0xef, 0xef, 0x01}}, "efef01"},
		{"nothing known of the class", Everything, In, [][]byte{template}, "+128"},
		{"nothing to hide", Nothing, In, [][]byte{[]byte("1.0")}, "312e30"},
	} {
		whole := bytes.Join(c.say, nil)
		for _, cut := range []int{1, 2, 5, 9, len(whole)} {
			r := Recording()
			hide := c.mask(c.dir)
			for i := 0; i < len(whole); i += cut {
				r.Keep(start, c.dir, hide(whole[i:min(i+cut, len(whole))]))
			}
			got, want := r.Last()[0].field(), strings.ReplaceAll(c.want, "aabb ef", "aabbef")
			if got != want {
				t.Errorf("%s, %d bytes at a time:\n got %s\nwant %s", c.name, cut, got, want)
			}
			if n := r.Last()[0].Len(); n != len(whole) {
				t.Errorf("%s: %d bytes of %d", c.name, n, len(whole))
			}
		}
	}
}

// loop is a port that says every byte back.
type loop struct{}

func (loop) Open(context.Context) (io.ReadWriteCloser, error) {
	near, far := net.Pipe()
	go func() { io.Copy(far, far); far.Close() }()
	return port.Wrap(near, "loop", 0, 0), nil
}

func TestTapChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Ring{}
		conn, err := (&Tap{Port: loop{}, Ring: r, Mask: Nothing}).Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 8)
		if _, err := conn.Read(b); !errors.Is(err, port.ErrQuiet) {
			t.Errorf("silence: %v", err)
		}
		go conn.Write([]byte("ping"))
		n, err := conn.Read(b)
		if string(b[:n]) != "ping" || err != nil {
			t.Errorf("read %q, %v", b[:n], err)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"> 70 69 6E 67", "< 70 69 6E 67"}, show(r)); diff != "" {
			t.Error(diff)
		}
	})
}

// A tap without a mask keeps nothing that could be a person's.
func TestTapWithoutMaskHidesEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Ring{}
		conn, err := (&Tap{Port: loop{}, Ring: r}).Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		go conn.Write([]byte("a secret"))
		conn.Read(make([]byte, 8))
		conn.Close()
		if diff := cmp.Diff([]string{"> +8 bytes", "< +8 bytes"}, show(r)); diff != "" {
			t.Error(diff)
		}
	})
}

const sample = `markaz tape 1
class scale
profile scale-sics.toml
began 2026-03-01T08:00:00Z

> +0.500/0.020 530d0a
< +0.104 532053 +3 0d0a
< +2.000 +4
`

func read(t *testing.T, text string) Tape {
	t.Helper()
	tape, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return tape
}

func TestFile(t *testing.T) {
	var out strings.Builder
	if err := read(t, "markaz tape 1\n# here\n"+strings.TrimPrefix(sample, "markaz tape 1\n")).Write(&out); err != nil || out.String() != sample {
		t.Errorf("%v\n%s", err, cmp.Diff(sample, out.String()))
	}
	for _, c := range []struct{ from, to, says string }{
		{"tape 1", "tape 2", "line 1"},
		{"class scale", "class", "line 2"},
		{"class scale", "class a b", "line 2"},
		{"08:00:00Z", "08:00:00+05:00", "line 4"},
		{"> +0.500", "! +0.500", "line 6"},
		{"+0.500", "+0.5", "line 6"},
		{"0/0.020", "0/0.000", "line 6"},
		{"+0.500", "-0.500", "line 6"},
		{"+0.500", "+90000.000", "line 6"},
		{"530d0a", "530d0", "line 6"},
		{"530d0a", "530D0A", "line 6"},
		{"530d0a", "53 0d", "line 6"},
		{"+3 ", "+3 +3 ", "line 7"},
		{"+3 ", "+0 ", "line 7"},
		{"+4", "+99999999", "line 8"},
		{" +4", "", "line 8"},
	} {
		_, err := Read(strings.NewReader(strings.Replace(sample, c.from, c.to, 1)))
		if !errors.Is(err, ErrTape) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q for %q: %v", c.to, c.from, err)
		}
	}
	if _, err := Read(strings.NewReader("markaz tape 1\n")); !errors.Is(err, ErrTape) {
		t.Errorf("an empty one: %v", err)
	}
}

// play is a driver that writes, then reads so many bytes, and says when they had come.
func play(t *testing.T, conn io.ReadWriteCloser, write string, n int) (string, time.Duration) {
	t.Helper()
	began := time.Now()
	if _, err := conn.Write([]byte(write)); err != nil {
		t.Fatal(err)
	}
	var got []byte
	b := make([]byte, 3)
	for len(got) < n {
		m, err := conn.Read(b)
		if err != nil && !errors.Is(err, port.ErrQuiet) {
			t.Fatal(err)
		}
		if got = append(got, b[:m]...); time.Since(began) > time.Minute {
			t.Fatalf("read %q only", got)
		}
	}
	return string(got), time.Since(began).Round(time.Millisecond)
}

func TestReplay(t *testing.T) {
	for _, c := range []struct {
		speed        float64
		first, later time.Duration
	}{{0, 104 * time.Millisecond, 2 * time.Second}, {2, 52 * time.Millisecond, time.Second}, {math.Inf(1), 0, 0}} {
		synctest.Test(t, func(t *testing.T) {
			p := &Player{Tape: read(t, sample), Speed: c.speed}
			conn, _ := p.Open(t.Context())
			if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, port.ErrQuiet) {
				t.Errorf("not asked yet: %v", err)
			}
			conn.Write([]byte("S"))
			got, after := play(t, conn, "\r\n", 8)
			if got != "S S\x00\x00\x00\r\n" || after != c.first {
				t.Errorf("speed %v: read %q after %v", c.speed, got, after)
			}
			if got, after := play(t, conn, "", 4); got != "\x00\x00\x00\x00" || after != c.later {
				t.Errorf("speed %v: read %q after %v", c.speed, got, after)
			}
			if err := p.Wait(t.Context()); err != nil {
				t.Error(err)
			}
			conn.Close()
			if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, port.ErrClosed) {
				t.Errorf("after Close: %v", err)
			}
		})
	}
}

func TestReplayNoticesWhoLeavesTheTape(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := Replay(read(t, sample))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		if err := p.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("never opened: %v", err)
		}
		cancel()
		conn, _ := p.Open(t.Context())
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := p.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "530d0a") {
			t.Errorf("nothing written: %v", err)
		}
		conn.Write([]byte("SI\r\n"))
		if err := p.Wait(t.Context()); !errors.Is(err, ErrDiffers) || !strings.Contains(err.Error(), "exchange 1, byte 2: wrote 49 0d 0a") {
			t.Errorf("another question: %v", err)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add(sample)
	f.Add("markaz tape 1\nclass a\nprofile b\nbegan 2026-03-01T08:00:00Z\n> +0.000 00 +1\n")
	f.Fuzz(func(t *testing.T, text string) {
		tape, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		var out strings.Builder
		if err := tape.Write(&out); err != nil {
			t.Fatal(err)
		}
		again, err := Read(strings.NewReader(out.String()))
		if diff := cmp.Diff(tape, again); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
	})
}

// However a stream is cut, a mask loses no byte and hides the same.
func FuzzMasks(f *testing.F) {
	f.Add([]byte("\x1dv0\x00\x01\x00\x02\x00ab\x12"), uint8(3))
	f.Add([]byte("\xef\x01\xff\xff\xff\xff\x02\x00\x05abcde\xef\x01\xff\xff\xff\xff\x01\x00\x07\x13\x00\x00\x00\x00\x00\x1b"), uint8(1))
	f.Fuzz(func(t *testing.T, b []byte, cut uint8) {
		for _, mask := range []Mask{Pictures, Fingers, Everything, Nothing} {
			whole, parts := Recording(), Recording()
			whole.Keep(start, Out, mask(Out)(b))
			hide, step := mask(Out), int(cut)+1
			for i := 0; i < len(b); i += step {
				parts.Keep(start, Out, hide(b[i:min(i+step, len(b))]))
			}
			if len(b) == 0 {
				continue
			}
			one, other := whole.Last()[0], parts.Last()[0]
			if one.Len() != len(b) || one.field() != other.field() {
				t.Errorf("%d bytes: whole %s, %d at a time %s", len(b), one.field(), step, other.field())
			}
		}
	})
}
