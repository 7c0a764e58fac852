package strongbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"markaz.example/edge/durable"
	"markaz.example/edge/tpm"
	"markaz.example/edge/tpm/tpmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	passphrase = "horse battery staple river"
	secretText = "the secret of this box"
)

// data is a data directory with a strongbox in it.
type data struct {
	*testing.T
	dir string
	set Settings
}

func newData(t *testing.T) *data {
	dir := t.TempDir()
	return &data{t, dir, Settings{Dir: filepath.Join(dir, "strongbox"), TPM: filepath.Join(dir, "none")}}
}

func (d *data) path(name string) string { return filepath.Join(d.dir, name) }

func (d *data) open() *Strongbox {
	d.Helper()
	s, err := Open(d.set)
	if err != nil {
		d.Fatal(err)
	}
	return s
}

func (d *data) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// keep puts the secret into a box, and shows that it comes back.
func (d *data) keep(s *Strongbox) {
	d.Helper()
	d.must(s.Drawer("box").Write(d.path("box.key"), []byte(secretText)))
	d.shows(s)
}

func (d *data) shows(s *Strongbox) {
	d.Helper()
	if got, err := s.Drawer("box").Read(d.path("box.key")); err != nil || string(got) != secretText {
		d.Fatalf("got %q, %v", got, err)
	}
}

// hides shows that nothing on the disk has the secret, nor the key that opens it.
func (d *data) hides(s *Strongbox) {
	d.Helper()
	d.must(filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(secretText)) || bytes.Contains(b, s.key.file()[len(keyPrefix):]) || bytes.Contains(b, s.key.b) {
			d.Errorf("%s tells", path)
		}
		return err
	}))
}

// A box that nobody chose a way for works, and says that its key lies beside what it seals.
func TestPlainIsSaid(t *testing.T) {
	d := newData(t)
	s := d.open()
	d.keep(s)
	if got := s.Status(); got.Way != Plain || !got.InTheOpen || got.Locked != nil || got.Recovers {
		t.Errorf("got %+v", got)
	}
	d.shows(d.open())
}

// Each way opens after a restart, leaves no key in the clear, and changes no sealed file.
func TestWays(t *testing.T) {
	for way, use := range map[Way]func(*data, *Strongbox) (again func(*Strongbox) error){
		TPM: func(d *data, s *Strongbox) func(*Strongbox) error {
			d.set.TPM = tpmtest.Socket(d)
			s.set.TPM = d.set.TPM
			d.must(s.UseTPM([]uint{0, 7}))
			return nil
		},
		Passphrase: func(d *data, s *Strongbox) func(*Strongbox) error {
			d.must(s.UsePassphrase([]byte(passphrase)))
			return func(s *Strongbox) error { return s.Unlock([]byte(passphrase)) }
		},
		Credential: func(d *data, s *Strongbox) func(*Strongbox) error {
			d.set.Credentials = d.TempDir()
			text, err := s.CredentialText()
			d.must(errors.Join(err, os.WriteFile(filepath.Join(d.set.Credentials, CredentialName), text, 0o600)))
			d.open()
			return nil
		},
	} {
		t.Run(string(way), func(t *testing.T) {
			d := newData(t)
			s := d.open()
			d.keep(s)
			before, err := os.ReadFile(d.path("box.key.sealed"))
			d.must(err)
			unlock := use(d, s)
			again := d.open()
			if unlock != nil {
				if _, err := again.Drawer("box").Read(d.path("box.key")); !errors.Is(err, ErrLocked) {
					t.Errorf("locked: %v", err)
				}
				d.must(unlock(again))
			}
			d.shows(again)
			d.hides(again)
			if got := again.Status(); got.Way != way || got.InTheOpen || got.Locked != nil {
				t.Errorf("got %+v", got)
			}
			if after, _ := os.ReadFile(d.path("box.key.sealed")); !bytes.Equal(before, after) {
				t.Error("the secret was sealed anew")
			}
			d.must(again.UsePlain())
			d.set.Credentials = ""
			d.shows(d.open())
		})
	}
}

// After a firmware update the TPM refuses; the code on paper opens the box and seals to the new state.
func TestMovedBootStateWantsTheCode(t *testing.T) {
	d := newData(t)
	d.set.TPM = tpmtest.Socket(t)
	s := d.open()
	d.keep(s)
	d.must(s.UseTPM([]uint{7}))
	code, err := s.NewCode()
	d.must(err)
	tpmtest.Extend(t, d.set.TPM, 7)

	moved := d.open()
	if got := moved.Status(); !errors.Is(got.Locked, tpm.ErrMoved) {
		t.Fatalf("got %+v, want ErrMoved", got)
	}
	other, err := drawCode()
	d.must(err)
	for _, wrong := range []string{"", passphrase, other.Paper(), strings.ToLower(code.Paper())[1:]} {
		if err := moved.Unlock([]byte(wrong)); !errors.Is(err, ErrRefused) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	d.must(moved.Unlock([]byte(" " + strings.ToLower(strings.ReplaceAll(code.Paper(), "-", " ")))))
	d.shows(moved)
	d.shows(d.open()) // the TPM gives it again
}

// A power cut between any two files of a change leaves the old way or the new one.
func TestCutWhileTheWayChanges(t *testing.T) {
	d := newData(t)
	s := d.open()
	d.keep(s)
	open, err := os.ReadFile(d.path("strongbox/open.key"))
	d.must(err)
	d.must(s.UsePassphrase([]byte(passphrase)))
	d.must(os.WriteFile(d.path("strongbox/open.key"), open, 0o600)) // cut before it was wiped
	again := d.open()
	d.shows(again)
	if !again.Status().InTheOpen {
		t.Error("the key lies in the clear, and nobody says so")
	}

	fresh := newData(t)
	fresh.open()
	fresh.must(os.Remove(fresh.path("strongbox/lock.json"))) // cut before the lock was made
	key := fresh.open().key
	if again := fresh.open().key; !bytes.Equal(key.b, again.b) {
		t.Error("another key was drawn")
	}
}

// A lock that is gone is not made anew while something is sealed under it.
func TestGoneLockIsNotReplaced(t *testing.T) {
	d := newData(t)
	d.keep(d.open())
	d.must(os.RemoveAll(d.path("strongbox")))
	if _, err := Open(d.set); !errors.Is(err, ErrGone) {
		t.Errorf("got %v, want ErrGone", err)
	}
}

// What lay in the clear is sealed at its first reading, and then wiped; a cut between the two is finished by the next.
func TestMigration(t *testing.T) {
	d := newData(t)
	s, path := d.open(), d.path("box.key")
	d.must(os.WriteFile(path, []byte(secretText), 0o600))
	if !s.Drawer("box").Has(path) {
		t.Error("it is not seen")
	}
	d.shows(s)
	if (durable.Plain{}).Has(path) {
		t.Error("it is still there in the clear")
	}
	d.shows(s)
	d.must(os.WriteFile(path, []byte(secretText), 0o600)) // cut before it was wiped
	d.shows(s)

	d.must(os.WriteFile(path, []byte("another"), 0o600)) // a person brought it
	if got, err := s.Drawer("box").Read(path); err != nil || string(got) != "another" {
		t.Errorf("got %q, %v", got, err)
	}
	d.must(os.Rename(path+".replaced.sealed", path+sealedExt))
	d.shows(s)
}

// A sealed file opens under its own name and purpose, and unchanged.
func TestSealedFilesCannotBeSwapped(t *testing.T) {
	d := newData(t)
	s := d.open()
	d.keep(s)
	b, err := os.ReadFile(d.path("box.key.sealed"))
	d.must(err)
	d.must(os.WriteFile(d.path("pin.secret.sealed"), b, 0o600))
	for name, read := range map[string]func() ([]byte, error){
		"another name":    func() ([]byte, error) { return s.Drawer("box").Read(d.path("pin.secret")) },
		"another purpose": func() ([]byte, error) { return s.Drawer("road").Read(d.path("box.key")) },
	} {
		if _, err := read(); !errors.Is(err, ErrForged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for at := range b {
		bad := bytes.Clone(b)
		bad[at] ^= 1
		d.must(os.WriteFile(d.path("box.key.sealed"), bad, 0o600))
		if _, err := s.Drawer("box").Read(d.path("box.key")); !errors.Is(err, ErrForged) {
			t.Fatalf("byte %d changed: %v", at, err)
		}
	}
	d.must(os.WriteFile(d.path("box.key.sealed"), b, 0o600))
	d.must(s.Drawer("box").Move(d.path("box.key"), d.path("moved")))
	if got, err := s.Drawer("box").Read(d.path("moved")); err != nil || string(got) != secretText {
		t.Errorf("moved: %q, %v", got, err)
	}
	if _, err := s.Drawer("box").Read(d.path("box.key")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after it was moved: %v", err)
	}
}

func TestWeakPassphrase(t *testing.T) {
	d := newData(t)
	if err := d.open().UsePassphrase([]byte("markaz")); !errors.Is(err, ErrWeak) {
		t.Errorf("got %v", err)
	}
}

// Whatever prints it, nothing of a key or a code is shown.
func TestKeysPrintAsNothing(t *testing.T) {
	d := newData(t)
	s := d.open()
	code, err := drawCode()
	d.must(err)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "key", s.key, "code", code)
	fmt.Fprintf(&log, "%v %+v %#v %x %s %v %x %#v", s.key, s.key, s.key, s.key, s.key, code, code, code)
	js, err := json.Marshal(s.key)
	d.must(err)
	for _, tell := range [][]byte{s.key.b, s.key.file()[len(keyPrefix):], []byte(fmt.Sprint(s.key.b)), []byte(code.Paper()), code.b[:]} {
		if bytes.Contains(append(log.Bytes(), js...), bytes.TrimSpace(tell)) {
			t.Errorf("%s", log.Bytes())
		}
	}
}

// The page of a key is locked and in no core.
func TestKeyIsNotSwapped(t *testing.T) {
	d := newData(t)
	_ = d.open()
	b, err := os.ReadFile("/proc/self/smaps")
	d.must(err)
	if !strings.Contains(string(b), "Locked:                4 kB") && !strings.Contains(string(b), " lo ") {
		t.Error("no page is locked")
	}
	if !strings.Contains(string(b), " dd") {
		t.Error("no page is kept out of cores")
	}
}

func TestVectors(t *testing.T) {
	var key []byte
	for i := range keyBytes {
		key = append(key, byte(i))
	}
	k := &Key{key}
	derived, err := derive(k.b, "box/box.key")
	if err != nil {
		t.Fatal(err)
	}
	c := Code{}
	copy(c.b[:], key)
	for name, v := range map[string]struct{ got, want string }{
		"check":   {fmt.Sprintf("%x", k.check()), "15bcb9670513933b46be11194cab8b93"},
		"derived": {fmt.Sprintf("%x", derived), "cf01cc769a34f0f4b8abb189060a1055b9cc1f886d2708cb79b8002870b4cab2"},
		"code":    {c.Paper(), "000G-40R4-0M30-E209-185G-R38E-1W81-24GK-XSNV"},
	} {
		if v.got != v.want {
			t.Errorf("%s: %s, want %s", name, v.got, v.want)
		}
	}
	if back, err := ParseCode(c.Paper()); err != nil || back != c {
		t.Errorf("%v", err)
	}
}

func FuzzLock(f *testing.F) {
	f.Add([]byte(`{"format":1,"check":"AAAAAAAAAAAAAAAAAAAAAA==","way":"plain"}`))
	f.Add([]byte(`{"format":1,"check":"AAAAAAAAAAAAAAAAAAAAAA==","way":"tpm","tpm":{"pcrs":[7],"public":"AA==","private":"AA=="}}`))
	f.Add([]byte(`{"format":2}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := parseLock(b)
		if err != nil {
			return
		}
		again, err := l.file()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseLock(again); err != nil {
			t.Errorf("%s is read and not read again: %v", b, err)
		}
	})
}

func FuzzCode(f *testing.F) {
	f.Add("0000-0000")
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := ParseCode(s); err == nil {
			if again, err := ParseCode(c.Paper()); err != nil || again != c {
				t.Errorf("%q", s)
			}
		}
	})
}
