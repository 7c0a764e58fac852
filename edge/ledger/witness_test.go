package ledger_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
	"markaz.example/edge/witness"
)

// copyFile is what somebody does who keeps a copy of a ledger, or brings it back: the file alone, or with its witness.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// spoilNewest flips a bit in the header of the last commit, as bbolt orders them: by their transaction's number.
func spoilNewest(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	txid := func(page int) uint64 { return binary.NativeEndian.Uint64(b[page+16+48:]) }
	at := os.Getpagesize()
	if txid(0) > txid(at) {
		at = 0
	}
	b[at+16+20] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// confirmAll tells a ledger that headquarters holds all of it, and how far that is.
func confirmAll(t *testing.T, path string) {
	t.Helper()
	l := reopen(t, path)
	if err := l.Confirm(l.Acknowledged()); err != nil {
		t.Fatal(err)
	}
}

// TestHeadNeverGoesBackUnnoticed: each way in which a whole file can be the wrong one is noticed before anything is written,
// and named. The control of each is the same file without its witness, which opens.
func TestHeadNeverGoesBackUnnoticed(t *testing.T) {
	for name, c := range map[string]struct {
		spoil     func(t *testing.T, path, copied string)
		want, why error
		says      string
	}{
		"an older file": {func(t *testing.T, path, copied string) { copyFile(t, copied, path) },
			ledger.ErrBehind, witness.ErrOlder, "run 1, acknowledged was 5 in run 2"},
		"an older header": {func(t *testing.T, path, _ string) { spoilNewest(t, path) },
			ledger.ErrBehind, witness.ErrLost, "two headers is damaged"},
		"a clone that went on": {func(t *testing.T, path, copied string) {
			session(t, copied, options(), note("c", "elsewhere"), note("d", "elsewhere"), note("e", "elsewhere"))
			copyFile(t, copied, path)
		}, ledger.ErrOther, witness.ErrDiffers, "place 5"},
		"another box's disk": {func(t *testing.T, path, _ string) {
			other := path + ".other"
			if err := ledger.Create(other, chain.Incarnation{Centre: "ISB-01", Nonce: [16]byte{9}}); err != nil {
				t.Fatal(err)
			}
			copyFile(t, other, path)
		}, ledger.ErrOther, witness.ErrStrange, "not the one"},
	} {
		t.Run(name, func(t *testing.T) {
			path := create(t)
			session(t, path, options(), note("a", "one"), note("b", "two"))
			copied := path + ".copy"
			copyFile(t, path, copied)
			session(t, path, options(), note("c", "three"))
			c.spoil(t, path, copied)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			l, err := ledger.Open(path, options())
			if !errors.Is(err, c.want) || !errors.Is(err, c.why) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %v: %v, with %q", err, c.want, c.why, c.says)
			}
			if l != nil {
				t.Fatal(l.Close())
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("it was written to")
			}
			if err := ledger.Forget(path); err != nil {
				t.Fatal(err)
			}
			if l, err = ledger.Open(path, options()); err != nil {
				t.Fatalf("control: without a witness: %v, want that nobody notices", err)
			}
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestBehindHeadquarters: what headquarters confirmed weighs more than what the box itself knows.
func TestBehindHeadquarters(t *testing.T) {
	path := create(t)
	session(t, path, options(), note("a", "one"))
	copied := path + ".copy"
	copyFile(t, path, copied)
	session(t, path, options(), note("b", "two"))
	t.Run("confirm", func(t *testing.T) { confirmAll(t, path) })
	copyFile(t, copied, path)
	if _, err := ledger.Open(path, options()); !errors.Is(err, ledger.ErrBehind) || !errors.Is(err, witness.ErrHeld) {
		t.Errorf("got %v, want that it is behind headquarters", err)
	}
}

// TestLaggingWitnessIsNoAlarm: a kill leaves a witness that lags, and half a witness leaves the other.
func TestLaggingWitnessIsNoAlarm(t *testing.T) {
	path := create(t)
	session(t, path, options(), note("a", "one"))
	for _, suffix := range []string{".witness.a", ".witness.b"} {
		copyFile(t, path+suffix, path+".kept"+suffix)
	}
	session(t, path, options(), note("b", "two"))
	for _, suffix := range []string{".witness.a", ".witness.b"} {
		copyFile(t, path+".kept"+suffix, path+suffix)
	}
	session(t, path, options())
	if err := os.WriteFile(path+".witness.a", []byte("torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	session(t, path, options())
}

// TestUnreadableWitnessIsSaid: it is no reason to stop, and it is no secret.
func TestUnreadableWitnessIsSaid(t *testing.T) {
	path := create(t)
	session(t, path, options(), note("a", "one"))
	for _, suffix := range []string{".witness.a", ".witness.b"} {
		if err := os.WriteFile(path+suffix, []byte("torn"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l, err := ledger.Open(path, options())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if got := l.Disk().Witness; !strings.Contains(got, "neither file") {
		t.Errorf("said of the witness: %q", got)
	}
}

// TestLostLedgerIsNotBegunAgain: a witness without its ledger is a ledger that was lost.
func TestLostLedgerIsNotBegunAgain(t *testing.T) {
	path := create(t)
	session(t, path, options(), note("a", "one"))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := ledger.Create(path, testIncarnation()); !errors.Is(err, ledger.ErrMissing) {
		t.Errorf("got %v, want ErrMissing", err)
	}
	if err := ledger.Forget(path); err != nil {
		t.Fatal(err)
	}
	if err := ledger.Create(path, testIncarnation()); err != nil {
		t.Errorf("control: without a witness: %v", err)
	}
}

// TestEveryFlippedBitIsFoundOrHarmless: 500 flips over the pages in use. Whatever a flip does to the file, either the ledger
// says that something is wrong, or every acknowledged record is there as it was.
func TestEveryFlippedBitIsFoundOrHarmless(t *testing.T) {
	path, head := busy(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	size := used(t, whole)
	whole = whole[:size] // the rest is room ahead
	found, silent := 0, 0
	for i := range 500 {
		b := bytes.Clone(whole)
		bit := (int64(i)*2654435761 + 12345) % (size * 8)
		b[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := judge(path)
		switch {
		case err != nil:
			found++
		case got != head:
			silent++
			t.Errorf("bit %d: nothing was said, and the head is %s, not %s", bit, got, head)
		}
	}
	if found == 0 {
		t.Error("control: of 500 flips none was found: they did not reach the ledger")
	}
	t.Logf("of 500 flips %d were named, %d harmless, %d silent", found, 500-found-silent, silent)
}

// busy is a ledger of some hundred records that was closed well, and its head.
func busy(t *testing.T) (string, chain.Position) {
	t.Helper()
	path := create(t)
	var decisions []func(*ledger.Tx) error
	for i := range 200 {
		decisions = append(decisions, note(fmt.Sprint("k", i%40), "some text that is long enough to fill pages"))
	}
	session(t, path, options(), decisions...)
	l, err := ledger.OpenReadOnly(path, notes())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return path, l.Acknowledged()
}

// judge is what a start finds out, without its writing: whether the file opens, stands by its witness, and verifies.
func judge(path string) (chain.Position, error) {
	return ledger.Examine(path, notes())
}

// TestSuccessorHasAWitnessOfItsOwn: an older state that a person accepted opens again and again, though headquarters holds
// nothing of it, and is witnessed from then on as its ancestor was.
func TestSuccessorHasAWitnessOfItsOwn(t *testing.T) {
	path, _, _ := lived(t, 20)
	older := path + ".copy"
	copyFile(t, path, older)
	grown(t, path, 5)
	copyFile(t, older, path)
	if _, err := ledger.Open(path, options()); !errors.Is(err, ledger.ErrBehind) {
		t.Fatalf("the older state: %v, want ErrBehind", err)
	}
	handOver(t, path)
	copyFile(t, path, older)
	for range 3 {
		grown(t, path, 2)
	}
	copyFile(t, older, path)
	if _, err := ledger.Open(path, options()); !errors.Is(err, ledger.ErrBehind) {
		t.Errorf("the older state of the successor: %v, want ErrBehind", err)
	}
}
