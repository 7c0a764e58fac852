package enrol

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"strings"
	"testing"
)

func aCode(seed byte) Code {
	var c Code
	for i := range c.Secret {
		c.Secret[i], c.Root[i] = byte(i)*31+seed, byte(i)*17+seed
	}
	return c
}

func TestCodeIsReadAsItIsSaid(t *testing.T) {
	for seed := range 200 {
		c := aCode(byte(seed))
		written := c.String()
		for _, typed := range []string{
			written, strings.ToLower(written), strings.ReplaceAll(written, "-", ""), strings.ReplaceAll(written, "-", "  "),
			strings.NewReplacer("0", "O", "1", "l").Replace(written), strings.ReplaceAll(written, "1", "I") + "\n",
		} {
			if got, err := ParseCode(typed); err != nil || got != c {
				t.Fatalf("%q: got %v, %v, want %v", typed, got, err, c)
			}
		}
	}
}

// One character misread, two neighbours exchanged, two groups exchanged: the group is named, always.
func TestMisreadCodeIsNamed(t *testing.T) {
	written := aCode(7).String()
	said := strings.Split(written, "-")
	for g, group := range said {
		for at := range group {
			for _, other := range alphabet {
				if byte(other) == group[at] {
					continue
				}
				misread := append([]string(nil), said...)
				misread[g] = group[:at] + string(other) + group[at+1:]
				_, err := ParseCode(strings.Join(misread, "-"))
				if !errors.Is(err, ErrCode) || !strings.Contains(err.Error(), fmt.Sprintf("group %d of", g+1)) {
					t.Fatalf("%s: got %v, want group %d named", misread[g], err, g+1)
				}
			}
			if at > 0 && group[at] != group[at-1] {
				swapped := append([]string(nil), said...)
				swapped[g] = group[:at-1] + string(group[at]) + string(group[at-1]) + group[at+1:]
				if _, err := ParseCode(strings.Join(swapped, "-")); !errors.Is(err, ErrCode) {
					t.Errorf("%s for %s: got %v", swapped[g], group, err)
				}
			}
		}
		for other := range g {
			swapped := append([]string(nil), said...)
			swapped[g], swapped[other] = said[other], said[g]
			if _, err := ParseCode(strings.Join(swapped, "-")); !errors.Is(err, ErrCode) {
				t.Errorf("groups %d and %d exchanged: got %v", g+1, other+1, err)
			}
		}
	}
	for _, typed := range []string{"", written[:len(written)-1], written + "0", strings.Replace(written, written[:1], "U", 1), written[6:], strings.Repeat("0", 1000)} {
		if _, err := ParseCode(typed); !errors.Is(err, ErrCode) {
			t.Errorf("%q: got %v, want %v", typed, err, ErrCode)
		}
	}
}

// What is said at random is taken for a code once in 32 to the eighth.
func TestGarbageIsNoCode(t *testing.T) {
	r := mathrand.New(mathrand.NewPCG(1, 2))
	for range 20_000 {
		b := make([]byte, groups*(groupChars+1))
		for i := range b {
			b[i] = alphabet[r.IntN(len(alphabet))]
		}
		if _, err := ParseCode(string(b)); err == nil {
			t.Fatalf("%s is a code", b)
		}
	}
}

func FuzzCode(f *testing.F) {
	f.Add(aCode(1).String())
	f.Add("0")
	f.Add("۰۱۲۳")
	f.Fuzz(func(t *testing.T, typed string) {
		c, err := ParseCode(typed)
		if err != nil {
			return
		}
		if again, err := ParseCode(c.String()); err != nil || again != c {
			t.Errorf("%q is %v, which reads as %v, %v", typed, c, again, err)
		}
	})
}

func TestCodeFitsOneRoot(t *testing.T) {
	roots := make([]*x509.Certificate, 2)
	for i := range roots {
		public, _, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		spki, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			t.Fatal(err)
		}
		roots[i] = &x509.Certificate{RawSubjectPublicKeyInfo: spki, IsCA: true}
	}
	c, err := NewCode(bytes.NewReader(make([]byte, 100)), roots[0])
	if err != nil {
		t.Fatal(err)
	}
	if !c.Fits(roots[0]) || c.Fits(roots[1]) {
		t.Error("the code fits another root than its own")
	}
	if got, err := c.find([]*x509.Certificate{roots[1], roots[0]}); err != nil || got != roots[0] {
		t.Errorf("found %v, %v", got, err)
	}
	if _, err := c.find(roots[1:]); !errors.Is(err, ErrRoot) {
		t.Errorf("a false headquarters: got %v", err)
	}
}
