package lms_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"markaz.example/edge/lms"
)

const builtInFile = "who2006.lms"

func read(tb testing.TB) []byte {
	tb.Helper()
	b, err := os.ReadFile(builtInFile)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// set is the built-in figures, to be spoilt and written again.
func set(tb testing.TB) lms.Set {
	s := lms.Set{Name: "who2006", Source: "a source", Terms: "terms"}
	f := builtIn(tb)
	for t := range lms.Table(lms.Tables) {
		for i := range s.Curves[t] {
			c := f.Curve(t, lms.Sex(i+1))
			c.Rows = append([]lms.Row(nil), c.Rows...)
			s.Curves[t][i] = c
		}
	}
	return s
}

// Another file takes the place of the built-in one, and its scores say so.
func TestFiguresAreReplaced(t *testing.T) {
	s := set(t)
	s.Name = "another"
	s.Curves[lms.WFA][1].Rows[365].M = 90_000
	b, err := lms.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "another.lms")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := lms.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	c := lms.Child{Sex: lms.Female, Age: days(365), Weight: 9 * lms.Kilogram}
	if got := f.Assess(c).Scores[lms.WeightForAge]; got.Hundredths != 0 || !strings.HasPrefix(f.Version, "another-") || f.Version == builtIn(t).Version {
		t.Errorf("%s: %+v", f.Version, got)
	}
	if f, err := lms.Open(""); err != nil || f.Version != builtIn(t).Version {
		t.Errorf("no path: %v", err)
	}
	if _, err := lms.Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func TestBadFiguresAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*lms.Set){
		"no name":          func(s *lms.Set) { s.Name = "" },
		"a name of spaces": func(s *lms.Set) { s.Name = "who 2006" },
		"no source":        func(s *lms.Set) { s.Source = "" },
		"no terms":         func(s *lms.Set) { s.Terms = "" },
		"two lines":        func(s *lms.Set) { s.Terms = "a\nb" },
		"no rows":          func(s *lms.Set) { s.Curves[lms.WFH][0].Rows = nil },
		"a median of 0":    func(s *lms.Set) { s.Curves[lms.WFH][0].Rows[0].M = 0 },
		"S of 0":           func(s *lms.Set) { s.Curves[lms.WFH][0].Rows[0].S = 0 },
		"L of 4":           func(s *lms.Set) { s.Curves[lms.WFH][0].Rows[0].L = 40_000 },
		"no SD(3)":         func(s *lms.Set) { s.Curves[lms.WFH][0].Rows[0] = lms.Row{L: -25_000, M: 10_000, S: 10_000} },
		"a giant":          func(s *lms.Set) { s.Curves[lms.LHFA][0].Rows[0].M = 3_000_000 },
	} {
		s := set(t)
		spoil(&s)
		if _, err := lms.Encode(s); !errors.Is(err, lms.ErrFigures) {
			t.Errorf("%s: %v", name, err)
		}
	}
	whole := read(t)
	head := bytes.Index(whole, []byte("\n\n"))
	for name, b := range map[string][]byte{
		"empty": nil, "no head": whole[head:], "half": whole[:len(whole)/2], "another format": append([]byte("x"), whole...),
		"head only": whole[:head], "no body": whole[:head+2], "a flipped bit": flip(whole, len(whole)-200), "a flipped head": flip(whole, head-10),
		"too large": append(whole[:len(whole):len(whole)], make([]byte, 512<<10)...), "more behind": sealed(t, append(make([]byte, 1<<10), 1)), "a bomb": sealed(t, make([]byte, 2<<20)),
	} {
		if _, err := lms.Decode(b); !errors.Is(err, lms.ErrFigures) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func flip(b []byte, at int) []byte {
	c := bytes.Clone(b)
	c[at] ^= 1
	return c
}

// sealed is a file whose head is right for any body.
func sealed(tb testing.TB, body []byte) []byte {
	tb.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		tb.Fatal(err)
	}
	defer w.Close()
	sum := sha256.Sum256(body)
	return w.EncodeAll(body, []byte("markaz-lms 1\nname: made\nsource: s\nterms: t\nsha256: "+hex.EncodeToString(sum[:])+"\n\n"))
}

// The body is fuzzed under a head that is right for it, so that the decoder behind the checksum is reached.
func FuzzBody(f *testing.F) {
	b := read(f)
	_, packed, _ := bytes.Cut(b, []byte("\n\n"))
	d, err := zstd.NewReader(nil)
	if err != nil {
		f.Fatal(err)
	}
	defer d.Close()
	body, err := d.DecodeAll(packed, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body[:300])
	f.Add(append([]byte{0, 2}, 2, 0, 100, 0, 8, 0))
	f.Fuzz(func(t *testing.T, body []byte) {
		figures, err := lms.Decode(sealed(t, body))
		if err != nil {
			if !errors.Is(err, lms.ErrFigures) {
				t.Errorf("%v", err)
			}
			return
		}
		figures.Assess(lms.Child{Sex: lms.Male, Age: days(400), Weight: 9 * lms.Kilogram, Stature: mm(760), Arm: mm(120)})
	})
}

func FuzzFile(f *testing.F) {
	f.Add([]byte("markaz-lms 1\nname: a\n\n"))
	f.Add(read(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := lms.Decode(b); err != nil && !errors.Is(err, lms.ErrFigures) {
			t.Errorf("%v", err)
		}
	})
}
