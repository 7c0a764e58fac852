package pin

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"markaz.example/edge/durable"
)

func secretOf(b byte) Secret {
	s, _ := New(bytes.NewReader(bytes.Repeat([]byte{b}, 64)))
	return s
}

func TestCheck(t *testing.T) {
	for pin, want := range map[string]error{
		"284913": nil, "112233": nil, "100000": nil,
		"": ErrShape, "12345": ErrShape, "1234567": ErrShape, "12345a": ErrShape, "١٢٣٤٥٦": ErrShape,
		"000000": ErrEasy, "123456": ErrEasy, "654321": ErrEasy, "789012": ErrEasy, "123123": ErrEasy, "121212": ErrEasy,
	} {
		if got := Check(pin); !errors.Is(got, want) || want == nil && got != nil {
			t.Errorf("%q: %v, want %v", pin, got, want)
		}
	}
}

// The bytes of a verifier never change: those in ledgers must be checked for ever.
const frozen = "$argon2id$v=19$m=19456,t=2,p=1,keyid=0703c4ed$AgICAgICAgICAgICAgICAg$GEq1LA8HcP9Afa98ck4e8V6e5dCDRDuWwFMymsbvF0s"

func TestFrozen(t *testing.T) {
	k := NewKeeper(secretOf(1))
	got, err := k.Make(t.Context(), bytes.NewReader(bytes.Repeat([]byte{2}, 16)), "S007", "284913")
	if err != nil || got != frozen {
		t.Errorf("got %s, %v, want %s", got, err, frozen)
	}
	for name, c := range map[string]struct {
		keeper    *Keeper
		name, pin string
		fits      bool
		err       error
	}{
		"right":          {k, "S007", "284913", true, nil},
		"another PIN":    {k, "S007", "284914", false, nil},
		"another person": {k, "S008", "284913", false, nil},
		"another box":    {NewKeeper(secretOf(3)), "S007", "284913", false, ErrOther},
	} {
		if fits, err := c.keeper.Fits(t.Context(), frozen, c.name, c.pin); fits != c.fits || !errors.Is(err, c.err) {
			t.Errorf("%s: %v, %v, want %v, %v", name, fits, err, c.fits, c.err)
		}
	}
}

func TestVerifiersThatAreNone(t *testing.T) {
	for name, s := range map[string]string{
		"nothing": "", "another hash": strings.Replace(frozen, "argon2id", "argon2i", 1),
		"too much memory": strings.Replace(frozen, "m=19456", "m=99999999", 1),
		"too many passes": strings.Replace(frozen, "t=2", "t=9", 1),
		"no passes":       strings.Replace(frozen, "t=2", "t=0", 1),
		"two ways":        strings.Replace(frozen, "t=2", "t=02", 1),
		"cut":             frozen[:len(frozen)-2],
		"a short salt":    strings.Replace(frozen, "AgICAgICAgICAgICAgICAg", "AgIC", 1),
	} {
		if _, err := NewKeeper(secretOf(1)).Fits(t.Context(), s, "S007", "284913"); !errors.Is(err, ErrVerifier) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzVerifier(f *testing.F) {
	f.Add(frozen)
	f.Add("$argon2id$v=19$m=1,t=1,p=1,keyid=00000000$$")
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := parse(s); err == nil && v.String() != s {
			t.Errorf("%q is written as %q", s, v)
		}
	})
}

// However many come at once, some are served, the others are told at once, and nothing is left behind.
func TestBounded(t *testing.T) {
	k := NewKeeper(secretOf(1))
	for range atOnce { // somebody is being hashed and takes long
		k.turns <- struct{}{}
		k.waiting <- struct{}{}
	}
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	errs := make(chan error, 2*waitingMax)
	for range 2 * waitingMax {
		all.Go(func() { errs <- k.Waste(ctx, "S007", "1") })
	}
	for range waitingMax {
		if err := <-errs; !errors.Is(err, ErrBusy) {
			t.Fatalf("one too many: %v", err)
		}
	}
	stop()
	all.Wait()
	for range waitingMax {
		if err := <-errs; !errors.Is(err, context.Canceled) {
			t.Fatalf("gave up: %v", err)
		}
	}
	if len(k.waiting) != atOnce {
		t.Errorf("%d wait still", len(k.waiting)-atOnce)
	}
}

func TestSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pin.secret")
	made, err := LoadOrMake(durable.Plain{}, path, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadOrMake(durable.Plain{}, path, rand.Reader)
	if err != nil || again != made {
		t.Errorf("not the same: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if shown := fmt.Sprintf("%v %+v %#v %s", made, made, made, made); strings.Contains(shown, fmt.Sprintf("%x", made.key[:2])) || strings.Contains(shown, "{") {
		t.Errorf("it shows: %s", shown)
	}
	if err := os.WriteFile(path, []byte("abcd\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrMake(durable.Plain{}, path, rand.Reader); !errors.Is(err, ErrSecret) {
		t.Errorf("half a secret: %v", err)
	}
}

func TestDraw(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		p, err := Draw(rand.Reader)
		if err != nil || Check(p) != nil {
			t.Fatalf("%s, %v", p, err)
		}
		seen[p] = true
	}
	if len(seen) < 90 {
		t.Errorf("%d different ones of 100", len(seen))
	}
	if _, err := Draw(bytes.NewReader(nil)); err == nil {
		t.Error("a PIN out of nothing")
	}
}

// A keeper takes what is recommended, unless somebody says otherwise; whatever it takes stands in the verifier.
func TestCost(t *testing.T) {
	k := NewKeeper(secretOf(1))
	if k.Cost != (Cost{MemoryKiB: 19 * 1024, Passes: 2}) {
		t.Errorf("a keeper's cost is %+v", k.Cost)
	}
	for _, c := range []struct {
		cost Cost
		want string
	}{{DefaultCost(), "$m=19456,t=2,p=1,"}, {Cost{MemoryKiB: 8, Passes: 1}, "$m=8,t=1,p=1,"}} {
		k.Cost = c.cost
		v, err := k.Make(t.Context(), rand.Reader, "S001", "284913")
		if err != nil || !strings.Contains(v, c.want) {
			t.Errorf("%+v: %s, %v; want %s", c.cost, v, err, c.want)
		}
		k.Cost = DefaultCost()
		if fits, err := k.Fits(t.Context(), v, "S001", "284913"); !fits || err != nil {
			t.Errorf("%+v: %v, %v; want that it fits", c.cost, fits, err)
		}
	}
}
