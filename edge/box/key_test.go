package box

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/durable"
)

// settled is a data directory after the first start.
func settled(t *testing.T) (dir string, key ed25519.PrivateKey) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	key, err := settle(durable.Plain{}, dir, "ISB-01")
	if err != nil {
		t.Fatal(err)
	}
	return dir, key
}

// files is everything in a directory.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(b)
	}
	return all
}

func TestFirstStartMakesLedgerAndKeyOnce(t *testing.T) {
	dir, key := settled(t)
	made := files(t, dir)
	if got := slices.Sorted(maps.Keys(made)); !slices.Equal(got, []string{keyName, ledgerName}) {
		t.Errorf("the first start left %q", got)
	}
	again, err := settle(durable.Plain{}, dir, "ISB-01")
	if err != nil || !key.Equal(again) {
		t.Errorf("the second start gives another key, %v", err)
	}
	if d := cmp.Diff(made, files(t, dir)); d != "" {
		t.Error("the second start changed something:\n", d)
	}
	if info, err := os.Stat(filepath.Join(dir, keyName)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key is readable by %v, %v", info.Mode(), err)
	}
}

func TestGoneLedgerIsNotReplaced(t *testing.T) {
	dir, _ := settled(t)
	if err := os.Remove(filepath.Join(dir, ledgerName)); err != nil {
		t.Fatal(err)
	}
	before := files(t, dir)
	_, err := settle(durable.Plain{}, dir, "ISB-01")
	if !errors.Is(err, ErrLedgerGone) || !strings.Contains(err.Error(), filepath.Join(dir, ledgerName)) {
		t.Errorf("got %v, want ErrLedgerGone with the file's name", err)
	}
	if d := cmp.Diff(before, files(t, dir)); d != "" {
		t.Error("something was made:\n", d)
	}
}

// A power cut after the ledger and before the key, and one in the middle of either, leave a start that can go on.
func TestPowerCutInTheFirstStart(t *testing.T) {
	for name, left := range map[string]func(t *testing.T, dir string){
		"before the key": func(t *testing.T, dir string) { remove(t, dir, keyName) },
		"in the key": func(t *testing.T, dir string) {
			remove(t, dir, keyName)
			write(t, dir, keyName+".new", "-----BEGIN PRIV")
		},
		"in the ledger": func(t *testing.T, dir string) {
			remove(t, dir, keyName)
			remove(t, dir, ledgerName)
			write(t, dir, ledgerName+".new", strings.Repeat("\x00", 4096))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, _ := settled(t)
			left(t, dir)
			before := files(t, dir)[ledgerName]
			key, err := settle(durable.Plain{}, dir, "ISB-01")
			if err != nil {
				t.Fatal(err)
			}
			if before != "" && before != files(t, dir)[ledgerName] {
				t.Error("the ledger was touched")
			}
			if again, err := settle(durable.Plain{}, dir, "ISB-01"); err != nil || !key.Equal(again) {
				t.Errorf("the next start gives another key, %v", err)
			}
		})
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSpoiltKeyIsNamed(t *testing.T) {
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(other)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, b []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
	}
	for name, text := range map[string]string{
		"empty": "", "garbage": "no key", "a certificate": block("CERTIFICATE", der),
		"cut off": block(pemType, der[:20]), "another kind": block(pemType, der),
	} {
		t.Run(name, func(t *testing.T) {
			dir, _ := settled(t)
			write(t, dir, keyName, text)
			before := files(t, dir)
			if _, err := settle(durable.Plain{}, dir, "ISB-01"); !errors.Is(err, ErrKey) || !strings.Contains(err.Error(), keyName) {
				t.Errorf("got %v, want ErrKey with the file's name", err)
			}
			if d := cmp.Diff(before, files(t, dir)); d != "" {
				t.Error("something was changed:\n", d)
			}
		})
	}
}

// FuzzKey holds that no key file does more than be refused.
func FuzzKey(f *testing.F) {
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		key, err := parseKey(b)
		if err != nil && !errors.Is(err, ErrKey) {
			t.Fatalf("got %v, want ErrKey", err)
		}
		if err == nil && len(key) != ed25519.PrivateKeySize {
			t.Fatalf("a key of %d bytes", len(key))
		}
	})
}

// Another centre's ledger is refused, and nothing is written into it: not even that a box was started.
func TestAnotherCentresLedgerIsLeftAlone(t *testing.T) {
	dir, _ := settled(t)
	before := files(t, dir)
	b := &Box{Config: Config{Data: dir, Centre: Centre{Code: "LHE-07"}}, Options: Options{Software: "markaz test", Log: slog.New(slog.DiscardHandler)}}
	_, _, err := b.openLedger()
	if !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), "LHE-07") || !strings.Contains(err.Error(), "ISB-01") {
		t.Errorf("got %v, want ErrConfig with both centres", err)
	}
	if files(t, dir)[ledgerName] != before[ledgerName] {
		t.Error("the ledger was written to")
	}
	b.Centre.Code = "ISB-01"
	l, _, err := b.openLedger()
	if err != nil {
		t.Fatal(err)
	}
	if got := l.Acknowledged().Seq; got != 1 {
		t.Errorf("its own box begins at record %d, want 1", got)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}
