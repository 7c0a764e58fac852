package push

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// pieces is a connection that hands out what it has piece by piece, then an end.
type pieces struct {
	net.Conn
	left [][]byte
	end  error
}

func (p *pieces) Close() error { return nil }

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.left) == 0 {
		return 0, p.end
	}
	n := copy(b, p.left[0])
	if p.left[0] = p.left[0][n:]; len(p.left[0]) == 0 {
		p.left = p.left[1:]
	}
	return n, nil
}

// through is what comes through a Scrub, and the Scrub.
func through(in ...string) (string, *Scrub) {
	p := &pieces{end: io.EOF}
	for _, s := range in {
		p.left = append(p.left, []byte(s))
	}
	s := NewScrub(p)
	out, _ := io.ReadAll(s)
	return string(out), s
}

func TestScrub(t *testing.T) {
	const card = "4111111111111111"
	masked := strings.Repeat("*", 16)
	for _, c := range []struct{ name, in, want string }{
		{"a card number", `{"pan":"` + card + `"}`, `{"pan":"` + masked + `"}`},
		{"with spaces", "4111 1111 1111 1111.", "**** **** **** ****."},
		{"with hyphens", "4111-1111-1111-1111.", "****-****-****-****."},
		{"two spaces are no number", "41111111  11111111.", "41111111  11111111."},
		{"among other digits", "99" + card + "7.", strings.Repeat("*", 19) + "."},
		{"behind other digits", "12 " + card + ".", "** " + masked + "."},
		{"19 digits", "6304000000000000000", "6304000000000000000"},
		{"more digits than a card has", strings.Repeat("1", 20) + ".", strings.Repeat("*", 20) + "."},
		{"13 digits", "4222222222222.", strings.Repeat("*", 13) + "."},
		{"12 digits", "422222222222.", "422222222222."},
		{"no check", "4222222222223.", "4222222222223."},
		{"track 2", ";" + card + "=30122010000012345678?", ";" + masked + "=" + strings.Repeat("*", 20) + "?"},
		{"track 2, packed", card + "D3012201.", masked + "D*******."},
		{"track 2 and more", card + "=3012? 47", masked + "=****? 47"},
		{"at the end", card, masked},
		{"a time and a message", `{"seq":1182,"at":"2026-11-21T10:42:15Z"}`, `{"seq":1182,"at":"2026-11-21T10:42:15Z"}`},
	} {
		got, s := through(c.in)
		want := c.want
		if c.name == "19 digits" { // which holds shorter numbers that pass
			want = strings.Repeat("*", 19)
		}
		if got != want || s.Masked() != (c.in != want) {
			t.Errorf("%s: %q, want %q; masked %v", c.name, got, want, s.Masked())
		}
		byByte, _ := through(strings.Split(c.in, "")...)
		if byByte != want {
			t.Errorf("%s, byte by byte: %q, want %q", c.name, byByte, want)
		}
	}
}

// However the network cuts the stream, what comes through is the same.
func TestScrubDoesNotDependOnCuts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
			"4111111111111111", "4111 1111", "=", "1", "-", " ", "x", "\r\n", "00000000000000000000000", "D", "5555555555554444",
		}), 1, 30).Draw(t, "text"), "")
		whole, _ := through(text)
		var in []string
		for rest := text; rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "cut")
			in, rest = append(in, rest[:n]), rest[n:]
		}
		if cut, _ := through(in...); cut != whole {
			t.Fatalf("%q cut as %q: %q, whole %q", text, in, cut, whole)
		}
		if len(whole) != len(text) {
			t.Fatalf("%q became %q", text, whole)
		}
	})
}

func TestScrubLeavesNothingInItsBuffer(t *testing.T) {
	_, s := through("x4111111111111111y", strings.Repeat("z", 3*scrubBytes))
	if bytes.ContainsFunc(s.buf, func(r rune) bool { return r != 0 }) {
		t.Errorf("left %q", bytes.Trim(s.buf, "\x00"))
	}
}

// A number whose end never came is not left behind.
func TestScrubLeavesNothingBehind(t *testing.T) {
	s := NewScrub(&pieces{left: [][]byte{[]byte("a4111111111111111")}, end: os.ErrDeadlineExceeded})
	if out, err := io.ReadAll(s); string(out) != "a" || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("%q, %v", out, err)
	}
	const held = "4111111111111111"
	if !bytes.Contains(s.buf, []byte(held)) {
		t.Fatalf("nothing was held back: %q", bytes.Trim(s.buf, "\x00"))
	}
	if err := s.Close(); err != nil || bytes.ContainsFunc(s.buf, func(r rune) bool { return r != 0 }) {
		t.Errorf("left %q, %v", bytes.Trim(s.buf, "\x00"), err)
	}
}

// A deadline is no end: the server looks up, and the rest of the number comes after.
func TestScrubWaitsThroughADeadline(t *testing.T) {
	p := &pieces{left: [][]byte{[]byte("a41111111")}, end: os.ErrDeadlineExceeded}
	s := NewScrub(p)
	b := make([]byte, 64)
	if n, err := s.Read(b); n != 1 || err != nil {
		t.Fatalf("%q, %v", b[:n], err)
	}
	if n, err := s.Read(b); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("%q, %v", b[:n], err)
	}
	p.left, p.end = [][]byte{[]byte("11111111z")}, io.EOF
	out, err := io.ReadAll(s)
	if string(out) != "****************z" || err != nil {
		t.Errorf("%q, %v", out, err)
	}
}

func FuzzScrub(f *testing.F) {
	f.Add([]byte("POST / HTTP/1.1\r\n\r\n{\"pan\":\"4111111111111111\"}"), 3)
	f.Add([]byte(";4111111111111111=3012201?"), 17)
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		cut = max(0, min(cut, len(in)))
		whole, _ := through(string(in))
		two, _ := through(string(in[:cut]), string(in[cut:]))
		if cut > 0 && cut < len(in) && whole != two {
			t.Fatalf("cut at %d: %q, whole %q", cut, two, whole)
		}
		if again, s := through(whole); again != whole && !bytes.ContainsAny(in, "=Dd^* -") {
			t.Fatalf("%q is not clean: %q, %v", whole, again, s.Masked())
		}
	})
}

func BenchmarkScrub(b *testing.B) {
	body := strings.Repeat(example, 8)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		through(body)
	}
}
