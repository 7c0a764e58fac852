package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"markaz.example/edge/chain"
)

const subject = "household/K5QXG43UOVZGKZDT"

var place = Place{In: chain.Incarnation{Centre: "ISB-01", Nonce: [16]byte{1}}, Seq: 42, Field: "name"}

// create makes a vault in a directory of the test.
func create(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := Create(dir, Keys{}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func open(t *testing.T, dir string) *Vault {
	t.Helper()
	v, err := Open(dir, Keys{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

func seal(t *testing.T, v *Vault, at Place, plain string) Sealed {
	t.Helper()
	if err := v.Make(subject); err != nil {
		t.Fatal(err)
	}
	s, err := v.Seal(subject, at, []byte(plain))
	if err != nil || s.Check() != nil {
		t.Fatal(err, s.Check())
	}
	return s
}

// What was sealed opens after the vault was closed and opened again, and its mark is the same.
func TestSealedOpensAgain(t *testing.T) {
	dir := create(t)
	v := open(t, dir)
	texts := []string{"", "آمنہ بی بی", "3520212345671", strings.Repeat("x", PlainBytesMax)}
	var sealed []Sealed
	for _, text := range texts {
		sealed = append(sealed, seal(t, v, place, text))
	}
	mark := v.Mark("3520212345671")
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	v = open(t, dir)
	for i, text := range texts {
		if got, err := v.Open(subject, place, sealed[i]); err != nil || string(got) != text {
			t.Errorf("got %q, %v, want %q", got, err, text)
		}
	}
	if !bytes.Equal(mark, v.Mark("3520212345671")) || bytes.Equal(mark, v.Mark("3520212345672")) {
		t.Error("marks do not tell numbers apart, or not for ever")
	}
	if _, err := v.Seal(subject, place, make([]byte, PlainBytesMax+1)); !errors.Is(err, ErrTooLong) {
		t.Errorf("one byte too many: %v", err)
	}
}

// A sealed field opens at its own place, for its own subject, and unchanged; the control is that it does.
func TestSealedCannotBeMoved(t *testing.T) {
	v := open(t, create(t))
	s := seal(t, v, place, "Amina")
	if _, err := v.Open(subject, place, s); err != nil {
		t.Fatal("control:", err)
	}
	elsewhere := func(change func(*Place)) Place { p := place; change(&p); return p }
	for name, p := range map[string]Place{
		"another record": elsewhere(func(p *Place) { p.Seq++ }),
		"another field":  elsewhere(func(p *Place) { p.Field = "number" }),
		"another centre": elsewhere(func(p *Place) { p.In.Centre = "LHE-01" }),
		"another ledger": elsewhere(func(p *Place) { p.In.Nonce[15] ^= 1 }),
	} {
		if got, err := v.Open(subject, p, s); !errors.Is(err, ErrForged) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if err := v.Make("household/other"); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Open("household/other", place, s); !errors.Is(err, ErrForged) {
		t.Errorf("another household: %v", err)
	}
	for i := range s {
		changed := bytes.Clone(s)
		changed[i] ^= 1
		if _, err := v.Open(subject, place, changed); !errors.Is(err, ErrForged) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	for _, short := range []Sealed{nil, {}, s[:nonceBytes+tagBytes-1], s[:nonceBytes+tagBytes], s[:len(s)-1]} {
		if _, err := v.Open(subject, place, short); !errors.Is(err, ErrForged) {
			t.Errorf("%d bytes: %v", len(short), err)
		}
	}
}

// Two of one text are not alike, and names of many lengths are of one length.
func TestSealedTellsLittle(t *testing.T) {
	v := open(t, create(t))
	a, b := seal(t, v, place, "Amina"), seal(t, v, place, "Amina")
	if bytes.Equal(a, b) || len(seal(t, v, place, "A")) != len(seal(t, v, place, strings.Repeat("A", 30))) {
		t.Error("sealed fields can be compared")
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "sealed", a, "mark", v.Mark("3520212345671"), "key", v.box, "vault", v)
	fmt.Fprintf(&log, "%v %d %x %#v %s %v %d %+v", v.box, v.box, v.box, v.box, a, v, v, v)
	for _, secret := range []string{fmt.Sprintf("%x", v.box.b), fmt.Sprint(v.box.b[0], " ", v.box.b[1]), fmt.Sprintf("%x", []byte(v.Mark("3520212345671")))} {
		if strings.Contains(log.String(), strings.Trim(secret, "[]")) {
			t.Errorf("the log tells %s: %s", secret, log.String())
		}
	}
}

// A forgotten subject's key is gone from the file, byte for byte; the others stay.
func TestForget(t *testing.T) {
	dir := create(t)
	v := open(t, dir)
	s := seal(t, v, place, "Amina")
	wrapped := wrappedIn(t, dir, v)
	if !inFile(t, dir, wrapped) {
		t.Fatal("control: the wrapped key is not in the file before")
	}
	for i := range 50 {
		if err := v.Make(fmt.Sprint("household/", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.Forget(subject); err != nil {
		t.Fatal(err)
	}
	if inFile(t, dir, wrapped) {
		t.Error("the key of who was forgotten is still in the file")
	}
	if _, err := v.Open(subject, place, s); !errors.Is(err, ErrForgotten) {
		t.Errorf("opening what was forgotten: %v", err)
	}
	if _, err := v.Seal(subject, place, nil); !errors.Is(err, ErrForgotten) {
		t.Errorf("sealing for who was forgotten: %v", err)
	}
	if !v.Has("household/7") || v.Has(subject) {
		t.Error("the wrong key was forgotten")
	}
	if n, err := v.Without(slices.Values([]string{subject, "household/7", "nobody"})); n != 2 || err != nil {
		t.Errorf("%d without a key, %v", n, err)
	}
	if err := errors.Join(v.Forget("nobody"), v.Close()); err != nil {
		t.Fatal(err)
	}
	if again := open(t, dir); !again.Has("household/49") || again.Has(subject) {
		t.Error("after opening again")
	}
}

// A vault that cannot be written anew forgets nobody, and says so; it goes on as it was.
func TestForgetIsWholeOrNot(t *testing.T) {
	dir := create(t)
	v := open(t, dir)
	s := seal(t, v, place, "Amina")
	inTheWay := filepath.Join(dir, FileName+".new", "x")
	if err := os.MkdirAll(inTheWay, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := v.Forget(subject); err == nil {
		t.Fatal("forgotten without a new file")
	}
	if got, err := v.Open(subject, place, s); err != nil || string(got) != "Amina" {
		t.Errorf("after a failure: %q, %v", got, err)
	}
	if err := errors.Join(os.RemoveAll(filepath.Dir(inTheWay)), v.Forget(subject), v.Make("household/after"), v.Close()); err != nil {
		t.Fatal(err)
	}
	if again := open(t, dir); again.Has(subject) || !again.Has("household/after") {
		t.Error("what was made after somebody was forgotten is lost, or she is not forgotten")
	}
}

func wrappedIn(t *testing.T, dir string, v *Vault) (wrapped []byte) {
	t.Helper()
	tx, err := v.db.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	return bytes.Clone(tx.Bucket(keysName).Get([]byte(subject)))
}

func inFile(t *testing.T, dir string, what []byte) bool {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(b, what)
}

// Whatever is missing or wrong is named, and nothing is made in its place.
func TestOpenNamesWhatIsWrong(t *testing.T) {
	other := create(t)
	for name, c := range map[string]struct {
		spoil func(dir string) error
		want  error
	}{
		"no vault": {func(dir string) error { return os.Remove(filepath.Join(dir, FileName)) }, ErrMissing},
		"no key":   {func(dir string) error { return os.Remove(filepath.Join(dir, KeyName)) }, ErrKeyMissing},
		"another's key": {func(dir string) error {
			b, err := os.ReadFile(filepath.Join(other, KeyName))
			return errors.Join(err, os.WriteFile(filepath.Join(dir, KeyName), b, 0o600))
		}, ErrKeyWrong},
		"a key cut short": {func(dir string) error { return os.Truncate(filepath.Join(dir, KeyName), 40) }, ErrKeyFormat},
		"a file cut":      {func(dir string) error { return os.Truncate(filepath.Join(dir, FileName), 8192) }, ErrDamaged},
		"an empty file":   {func(dir string) error { return os.Truncate(filepath.Join(dir, FileName), 0) }, ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			dir := create(t)
			if err := c.spoil(dir); err != nil {
				t.Fatal(err)
			}
			if v, err := Open(dir, Keys{}); !errors.Is(err, c.want) {
				t.Errorf("got %v, %v, want %v", v, err, c.want)
			}
		})
	}
	dir := create(t)
	open(t, dir)
	if _, err := Open(dir, Keys{}); !errors.Is(err, ErrInUse) {
		t.Errorf("twice: %v", err)
	}
	if err := Create(dir, Keys{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("made over another: %v", err)
	}
}

// A key that systemd gives is used, and none is made beside it.
func TestCredential(t *testing.T) {
	given, dir := t.TempDir(), t.TempDir()
	k := Key{b: [keyBytes]byte{9}}
	if err := os.WriteFile(filepath.Join(given, CredentialName), k.file(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Create(dir, Keys{Credentials: given}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, KeyName)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a key lies beside the vault: %v", err)
	}
	v, err := Open(dir, Keys{Credentials: given})
	if err != nil || v.box != k {
		t.Fatal(err)
	}
	v.Close()
	if _, err := Open(dir, Keys{}); !errors.Is(err, ErrKeyMissing) {
		t.Errorf("without the credential: %v", err)
	}
}

// A key that was made is its owner's alone, and reads back.
func TestKeyFile(t *testing.T) {
	dir := create(t)
	info, err := os.Stat(filepath.Join(dir, KeyName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	for _, bad := range []string{"", keyPrefix, keyPrefix + strings.Repeat("g", 64), keyPrefix + strings.Repeat("0", 63), strings.Repeat("0", 64)} {
		if _, err := ParseKey([]byte(bad)); !errors.Is(err, ErrKeyFormat) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// Many desks at once, while somebody is forgotten.
func TestManyAtOnce(t *testing.T) {
	v := open(t, create(t))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			own := fmt.Sprint("household/", i)
			for seq := range uint64(5) {
				at := Place{In: place.In, Seq: seq, Field: "name"}
				err := v.Make(own)
				s, err2 := v.Seal(own, at, []byte(own))
				got, err3 := v.Open(own, at, s)
				if err := errors.Join(err, err2, err3); err != nil || string(got) != own {
					t.Error(err)
				}
				_ = v.Mark(own)
			}
		})
		wg.Go(func() {
			if err := v.Forget(fmt.Sprint("stranger/", i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestNames(t *testing.T) {
	v := open(t, create(t))
	for _, bad := range []string{"", strings.Repeat("x", nameBytesMax+1)} {
		if err := v.Make(bad); !errors.Is(err, ErrName) {
			t.Errorf("%d bytes: %v", len(bad), err)
		}
	}
	for n, want := range map[int]bool{0: true, 32: true, 31: false, 64: false} {
		if got := Mark(make([]byte, n)).Check() == nil; got != want && n != 64 {
			t.Errorf("a mark of %d bytes: %v", n, got)
		}
	}
	for n := range 2 * SealedBytesMax {
		want := n == 0 || n >= 72 && n <= SealedBytesMax && (n-40)%32 == 0
		if got := Sealed(make([]byte, n)).Check() == nil; got != want {
			t.Errorf("a sealed field of %d bytes: %v", n, got)
		}
	}
}
