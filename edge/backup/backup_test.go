package backup

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// maker makes backups of generated files for one box.
type maker struct {
	key      ed25519.PrivateKey
	manifest Manifest
	files    []Source
}

func newMaker() maker {
	return maker{
		key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize)),
		manifest: Manifest{
			Centre: "ISB-01", Incarnation: "ISB-01/0102", Head: 123456, HeadHash: strings.Repeat("ab", 32), Confirmed: 123000,
			Made: time.Date(2026, 11, 27, 9, 30, 0, 0, time.UTC), Grade: "network", Software: "markaz test", LedgerFormat: 2,
		},
		files: []Source{
			Bytes(Ledger, bytes.Repeat([]byte("records of a day "), 2000)), Bytes(Vault, []byte("keys")),
			Bytes(VaultKey, []byte("the key of keys")), Bytes(BoxKey, []byte("the box's")), Bytes(Config, []byte("data = \"x\"")),
		},
	}
}

// sealed is a backup as a stream, with the key that opens it.
func (m maker) sealed(t testing.TB) ([]byte, Identity) {
	t.Helper()
	own, to := keys(t)
	var b bytes.Buffer
	if err := Write(&b, m.manifest, m.key, []Recipient{to}, m.files); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), own
}

// keys are a fresh recovery key and its recipient, through the file that a person keeps.
func keys(t testing.TB) (Identity, Recipient) {
	t.Helper()
	secret, public, err := NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "recovery.key")
	if err := os.WriteFile(path, []byte("# of a test\n"+secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	own, err := ReadIdentity(path)
	if err != nil {
		t.Fatal(err)
	}
	to, err := ParseRecipient(public)
	if err != nil {
		t.Fatal(err)
	}
	return own, to
}

// finished is a stream as a file with its preface, which is right whatever the rest is.
func finished(t testing.TB, stream []byte) string {
	t.Helper()
	p, err := decodePreface(stream[:prefaceBytes])
	if err != nil {
		t.Fatal(err)
	}
	rest := stream[prefaceBytes:]
	p.Bytes, p.Sum = int64(len(rest)), fmt.Sprintf("%x", sha256.Sum256(rest))
	path := filepath.Join(t.TempDir(), "x.backup")
	if err := os.WriteFile(path, append(p.encode(), rest...), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestUnpack(t *testing.T) {
	m := newMaker()
	stream, own := m.sealed(t)
	dir := filepath.Join(t.TempDir(), "unpacked")
	got, err := Unpack(t.Context(), finished(t, stream), dir, own)
	if err != nil {
		t.Fatal(err)
	}
	if got.Head != m.manifest.Head || got.Incarnation != m.manifest.Incarnation || len(got.Files) != len(m.files) {
		t.Errorf("the manifest reads %+v", got)
	}
	for _, s := range m.files {
		var want bytes.Buffer
		_ = s.Write(&want)
		b, err := os.ReadFile(filepath.Join(dir, s.Name))
		if err != nil || !bytes.Equal(b, want.Bytes()) {
			t.Errorf("%s: %d bytes, %v", s.Name, len(b), err)
		}
	}
}

// Whatever is cut off or changed, nothing is unpacked, and the reason is one of ours.
func TestNothingIsUnpackedOfADamagedOne(t *testing.T) {
	stream, own := newMaker().sealed(t)
	refused := func(name, path string, want error, keys ...Identity) {
		t.Helper()
		dir := filepath.Join(t.TempDir(), "unpacked")
		if _, err := Unpack(t.Context(), path, dir, keys...); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", name, err, want)
		}
		if left, _ := filepath.Glob(dir + "*"); len(left) > 0 {
			t.Errorf("%s: %q is left", name, left)
		}
	}
	for n := prefaceBytes; n < len(stream); n += 397 {
		refused("cut short", finished(t, stream[:n]), ErrDamaged, own)
		changed := bytes.Clone(stream)
		changed[n] ^= 1
		path := finished(t, changed)
		_, err := Unpack(t.Context(), path, filepath.Join(t.TempDir(), "unpacked"), own)
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotOurs) {
			t.Errorf("bit %d flipped: %v", n, err)
		}
	}
	other, _ := keys(t)
	refused("somebody else's", finished(t, stream), ErrNotOurs, other)
	refused("without a key", finished(t, stream), ErrNotOurs)
	refused("a longer one", longer(t, finished(t, stream)), ErrDamaged, own)
}

func longer(t *testing.T, path string) string {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString("more")
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestForged: who knows a recipient may seal anything, and a signature of another key does not make it the box's.
func TestForged(t *testing.T) {
	m := newMaker()
	other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, ed25519.SeedSize))
	var b bytes.Buffer
	own, to := keys(t)
	p, err := newPacker(&b, []Recipient{to}, m.manifest.Made)
	if err != nil {
		t.Fatal(err)
	}
	m.manifest.Format, m.manifest.Key = Format, HexBytes(m.key.Public().(ed25519.PublicKey))
	m.manifest.Files = []File{m.files[0].File}
	if err := p.pack(m.manifest, other, m.files[:1]); err != nil {
		t.Fatal(err)
	}
	stream := append(m.manifest.open().encode(), b.Bytes()...)
	if _, err := Unpack(t.Context(), finished(t, stream), filepath.Join(t.TempDir(), "d"), own); !errors.Is(err, ErrForged) {
		t.Errorf("got %v", err)
	}
}

func TestManifestRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*Manifest){
		"another format":    func(m *Manifest) { m.Format = 2 },
		"no centre":         func(m *Manifest) { m.Centre = "" },
		"another's chain":   func(m *Manifest) { m.Incarnation = "LHE-01/00" },
		"no ledger":         func(m *Manifest) { m.Files = m.Files[1:] },
		"a path":            func(m *Manifest) { m.Files[1].Name = "../ledger.db" },
		"a file twice":      func(m *Manifest) { m.Files[1].Name = Ledger },
		"a negative size":   func(m *Manifest) { m.Files[0].Bytes = -1 },
		"more than a disk":  func(m *Manifest) { m.Files[0].Bytes, m.Files[1].Bytes = unpackedBytesMax, 1 },
		"no key":            func(m *Manifest) { m.Key = nil },
		"held behind a end": func(m *Manifest) { m.Confirmed = m.Head + 1 },
	} {
		m := newMaker().manifest
		m.Format, m.Key, m.Files = Format, make([]byte, ed25519.PublicKeySize), []File{{Ledger, 3}, {Vault, 2}}
		if err := m.check(); err != nil {
			t.Fatal(err)
		}
		if spoil(&m); !errors.Is(m.check(), ErrMalformed) {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestPassphrase(t *testing.T) {
	if _, err := SealWith("too short"); !errors.Is(err, ErrPassphrase) {
		t.Errorf("got %v", err)
	}
	to, err := sealWith("four words that nobody says", 10) // a test has no thief
	if err != nil {
		t.Fatal(err)
	}
	m := newMaker()
	var b bytes.Buffer
	if err := Write(&b, m.manifest, m.key, []Recipient{to}, m.files); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]error{"four words that nobody says": io.EOF, "four words that somebody says": ErrNotOurs} {
		own, err := Passphrase(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := readAll(finished(t, b.Bytes()), own); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", text, err, want)
		}
	}
}

func readAll(path string, own Identity) error {
	r, err := Open(path, own)
	if err != nil {
		return err
	}
	defer r.Close()
	for err == nil {
		_, _, err = r.Next()
	}
	return err
}

// Keys print as nothing.
func TestKeysPrintAsNothing(t *testing.T) {
	own, _ := keys(t)
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		if got := fmt.Sprintf(format, own); got != "a key for backups" {
			t.Errorf("%s prints %s", format, got)
		}
	}
}
