package seek

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// The number and the name are nobody's.
const (
	number = "6990176543212"
	name   = "Zarmina گل"
)

func noise(n int) []byte { return drawn(1, n) }

func drawn(seed byte, n int) []byte {
	r := rand.NewChaCha8([32]byte{seed})
	b := make([]byte, n)
	_, _ = r.Read(b)
	return b
}

// smallWindow has many windows in little noise.
const smallWindow = 4 << 10

func small(secrets []Secret) *Seeker {
	s := New(secrets)
	s.window = smallWindow
	return s
}

func secrets() []Secret {
	return []Secret{{"number", Number(number)}, {"name", Text(name)}, {"finger", Raw(drawn(2, 64))}}
}

// Each form of each secret is found by itself, wherever it lies, across two windows too; noise has none of them.
func TestEveryFormIsFound(t *testing.T) {
	quiet := noise(smallWindow + 3000)
	s := small(secrets())
	if err := s.Scan("noise", bytes.NewReader(quiet)); err != nil || len(s.Found()) > 0 {
		t.Fatalf("noise: %v, %v", s.Found(), err)
	}
	forms := 0
	for _, secret := range secrets() {
		for _, f := range secret.Forms {
			if len(f.Bytes) < formBytesMin {
				t.Errorf("%s as %s is too short to be looked for", secret.Name, f.Way)
			}
			forms++
			one := small([]Secret{{secret.Name, []Form{f}}})
			for _, at := range []int{0, smallWindow - len(f.Bytes)/2, len(quiet) - len(f.Bytes)} {
				b := bytes.Clone(quiet)
				copy(b[at:], f.Bytes)
				one.seen = map[string]Found{}
				if err := one.Scan("disk", bytes.NewReader(b)); err != nil || len(one.Found()) != 1 || one.Found()[0].At != int64(at) {
					t.Fatalf("%s as %s at %d: %v, %v", secret.Name, f.Way, at, one.Found(), err)
				}
			}
		}
	}
	t.Logf("%d forms", forms)
}

func compressed(t *testing.T, kind string, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser
	switch kind {
	case "gzip":
		w = gzip.NewWriter(&out)
	case "zlib":
		w = zlib.NewWriter(&out)
	case "zstd":
		w, _ = zstd.NewWriter(&out)
	}
	_, err := w.Write(b)
	if err2 := w.Close(); err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	return out.Bytes()
}

// What is compressed is found, in one another too, and when the end of the stream is gone.
func TestStreamsAreOpened(t *testing.T) {
	for _, kind := range []string{"gzip", "zlib", "zstd"} {
		inner := compressed(t, kind, append(noise(5000), number...))
		for what, b := range map[string][]byte{
			kind: inner, kind + " in gzip": compressed(t, "gzip", append(noise(100), inner...)),
			kind + " across windows":  append(noise(smallWindow-200), inner...),
			kind + " without its end": compressed(t, kind, append([]byte(number), noise(50_000)...))[:30_000],
		} {
			s := small(secrets())
			if err := s.Scan("disk", bytes.NewReader(append(noise(50), b...))); err != nil || len(s.Found()) != 1 {
				t.Errorf("%s: %v, %v", what, s.Found(), err)
			}
		}
	}
}

// A stream that claims to be huge is unpacked so far and no further.
func TestABombIsBounded(t *testing.T) {
	const most = 1 << 16
	b := compressed(t, "gzip", make([]byte, 64*most))
	s := small(secrets())
	s.stream = most
	if err := s.Scan("bomb", bytes.NewReader(b)); err != nil || s.Bytes > 2*most {
		t.Errorf("%d bytes, %v", s.Bytes, err)
	}
}

func FuzzScan(f *testing.F) {
	f.Add([]byte(number), uint8(0))
	f.Add(append([]byte{0x1f, 0x8b, 8}, make([]byte, 100)...), uint8(3))
	f.Add([]byte{0x28, 0xb5, 0x2f, 0xfd, 0x20, 1, 2}, uint8(0))
	s := small(secrets())
	f.Fuzz(func(t *testing.T, b []byte, cut uint8) {
		s.seen = map[string]Found{}
		at := min(int(cut), len(b))
		whole := append(append(bytes.Clone(b[:at]), number...), b[at:]...)
		if err := s.Scan("fuzz", bytes.NewReader(whole)); err != nil || len(s.Found()) == 0 {
			t.Errorf("%v, %v", s.Found(), err)
		}
	})
}
