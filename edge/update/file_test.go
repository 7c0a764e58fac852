package update

import (
	"bytes"
	"os/exec"
	"testing"
)

func FuzzRead(f *testing.F) {
	f.Add(updateOf(f, to("1.1"), deb("1.1")))
	f.Add([]byte(magic))
	f.Add([]byte(magic + "\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var out bytes.Buffer
		m, err := Read(bytes.NewReader(b), testKeys(), &out)
		if err == nil && (m.Check() != nil || uint64(out.Len()) != m.Size) {
			t.Errorf("accepted %+v with %d bytes", m, out.Len())
		}
		// As if it were signed: what the decoder makes of any manifest is checked.
		if s, err := readHead(bytes.NewReader(b)); err == nil {
			if m, err := s.read(); err == nil && m.Check() != nil {
				t.Errorf("read %+v", m)
			}
		}
	})
}

// TestNothingIsWrittenBeforeTheSignature: bytes of a stranger do not reach the disk.
func TestNothingIsWrittenBeforeTheSignature(t *testing.T) {
	file := updateOf(t, to("1.1"), deb("1.1"))
	file[len(magic)+10] ^= 1
	var out bytes.Buffer
	if _, err := Read(bytes.NewReader(file), testKeys(), &out); err == nil || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
}

func TestKeys(t *testing.T) {
	private, public, err := EncodeKeys(testKey())
	if err != nil {
		t.Fatal(err)
	}
	keys, err := parseKeys(append(public, public...))
	if err != nil || len(keys) != 2 || !keys[0].Equal(testKeys()[0]) {
		t.Errorf("%v, %v", keys, err)
	}
	if _, err := parseKeys(private); err == nil {
		t.Error("a private key was taken for a public one")
	}
	if _, err := Check(updateOf(t, to("1.1"), deb("1.1")), nil); err == nil {
		t.Error("without a key an update was believed")
	}
}

func FuzzKeys(f *testing.F) {
	_, public, err := EncodeKeys(testKey())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(public)
	f.Fuzz(func(t *testing.T, b []byte) {
		if keys, err := parseKeys(b); err == nil && (len(keys) == 0 || len(keys) > keysMax) {
			t.Errorf("%d keys", len(keys))
		}
	})
}

var versions = []Version{
	"0.1~20261127.094047.f3bdea4", "0.1", "0.1-1", "0.1-2", "0.1-10", "0.1+1", "0.2~rc1", "0.2", "0.2a", "0.2.0", "0.2.00", "0.2.1", "0.10", "1:0.1", "1.0~~", "1.0~", "1.0",
}

// TestVersionsCompareAsDpkgDoes asks dpkg about every pair.
func TestVersionsCompareAsDpkgDoes(t *testing.T) {
	if _, err := exec.LookPath("dpkg"); err != nil {
		t.Skip("dpkg is not here")
	}
	for _, a := range versions {
		for _, b := range versions {
			op := map[int]string{-1: "lt", 0: "eq", 1: "gt"}[sign(a.Compare(b))]
			if err := exec.Command("dpkg", "--compare-versions", string(a), op, string(b)).Run(); err != nil {
				t.Errorf("dpkg does not say that %s %s %s", a, op, b)
			}
		}
	}
}

func sign(n int) int { return max(-1, min(1, n)) }

func FuzzVersions(f *testing.F) {
	f.Add("1.0~rc1-2", "1:1.0")
	f.Fuzz(func(t *testing.T, a, b string) {
		if got := Version(a).Compare(Version(b)); sign(got) != -sign(Version(b).Compare(Version(a))) {
			t.Errorf("%q and %q: %d", a, b, got)
		}
	})
}
