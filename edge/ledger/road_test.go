package ledger_test

import (
	"bytes"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"markaz.example/edge/block"
	"markaz.example/edge/block/blocktest"
	"markaz.example/edge/ledger"
	"markaz.example/sync/wire"
)

// What the road carries of a ledger, blocks as they are kept and then rows, makes that ledger again: a box that was lost.
func TestRoadAndBack(t *testing.T) {
	lost, key := create(t), ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	var frames [][]byte
	synctest.Test(t, func(t *testing.T) {
		l, stop := run(t, lost, sealing())
		talk(t, l, 300)
		rest()
		frames = send(t, l, key)
		must(t, stop())
	})
	path := filepath.Join(t.TempDir(), "ledger.db")
	i, blocks := importer(t, path), 0
	for _, f := range frames {
		m, err := wire.Decode(f)
		must(t, err)
		b := m.(wire.Batch)
		must(t, b.Verify(key.Public().(ed25519.PublicKey)))
		if s, ok := b.Sealed(); ok {
			must(t, i.Sealed(s))
			blocks++
			continue
		}
		records, err := b.Open()
		must(t, err)
		must(t, i.Rows(b.Prev, records))
	}
	_, err := i.Finish(t.Context(), notes(), nil)
	must(t, err)
	if blocks != 3 {
		t.Errorf("%d blocks went over the road, want 3", blocks)
	}
	if got, want := dump(t, path), dump(t, lost); got != want {
		t.Errorf("views differ:\n%s\nwant\n%s", got, want)
	}
	sameBlocks(t, lost, path)
}

// send is what an uplink does with a ledger.
func send(t testing.TB, l *ledger.Ledger, key ed25519.PrivateKey) (frames [][]byte) {
	t.Helper()
	for at := l.Incarnation().Start(); at != l.Acknowledged(); {
		s, ok, err := l.Sealed(at.Seq)
		must(t, err)
		b := wire.PackSealed(key, l.Incarnation(), 0, s)
		if !ok {
			records, err := l.Read(at.Seq, 4000)
			must(t, err)
			b, err = wire.Pack(key, l.Incarnation(), at, 0, records)
			must(t, err)
		}
		frame, err := wire.Encode(b)
		must(t, err)
		frames, at = append(frames, frame), b.Last()
	}
	return frames
}

// sameBlocks compares the blocks of two files, byte for byte.
func sameBlocks(t testing.TB, one, other string) {
	t.Helper()
	a, err := ledger.OpenReadOnly(one, notes())
	must(t, err)
	defer a.Close()
	b, err := ledger.OpenReadOnly(other, notes())
	must(t, err)
	defer b.Close()
	for after := uint64(0); ; {
		s, ok, err := a.Sealed(after)
		must(t, err)
		if !ok {
			return
		}
		if again, ok, err := b.Sealed(after); err != nil || !ok || !bytes.Equal(again.Bytes, s.Bytes) {
			t.Errorf("the block after %d is not the same: %v", after, err)
		}
		after = s.Last.Seq
	}
}

// A cut at any moment of an import leaves a file that the import goes on with, from what was committed.
func TestImportGoesOnAfterACut(t *testing.T) {
	d := blocktest.New(1)
	d.Grow(2400)
	path := filepath.Join(t.TempDir(), "ledger.db")
	i := importer(t, path)
	defer func() { must(t, i.Close()) }()
	for from := 0; from+200 <= len(d.Records); from += 200 {
		if from%600 == 0 {
			must(t, i.Sealed(seal(t, d.At[from], d.Records[from:from+200])))
		} else {
			must(t, i.Rows(d.At[from], d.Records[from:from+200]))
		}
		goOn(t, path, d, from+200)
	}
}

// goOn imports the rest into a copy of the file as it is on the disk now.
func goOn(t *testing.T, path string, d *blocktest.Days, taken int) {
	t.Helper()
	file, err := os.ReadFile(path + ".import")
	must(t, err)
	copied := filepath.Join(t.TempDir(), "ledger.db")
	must(t, os.WriteFile(copied+".import", file, 0o600))
	i := importer(t, copied)
	at := i.Imported().At
	if at != d.At[at.Seq] || int(at.Seq) > taken || taken-int(at.Seq) > block.RecordsMax {
		t.Fatalf("after a cut at %d the import stands at %s", taken, at)
	}
	must(t, i.Rows(at, d.Records[at.Seq:]))
	if head, err := i.Finish(t.Context(), notes(), nil); err != nil || head != d.Head() {
		t.Fatalf("cut at %d, gone on with: %s, %v", taken, head, err)
	}
	l, err := ledger.OpenReadOnly(copied, notes())
	must(t, err)
	defer l.Close()
	if _, err := l.Verify(t.Context(), nil); err != nil {
		t.Error(err)
	}
}
