package ledger_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/sys/unix"

	"markaz.example/edge/block/blocktest"
	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

// sealing makes small blocks soon.
func sealing() ledger.Options {
	o := options()
	o.Sealing = ledger.Sealing{Keep: 100, Records: 64}
	return o
}

// run opens and runs a ledger until the function that it gives is called.
func run(t testing.TB, path string, o ledger.Options) (l *ledger.Ledger, stop func() error) {
	t.Helper()
	l, err := ledger.Open(path, o)
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	return l, func() error {
		cancel()
		return errors.Join(<-ended, l.Close())
	}
}

// talk makes some notes, all at once, so that they share commits.
func talk(t testing.TB, l *ledger.Ledger, n int) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if err := l.Update(context.Background(), "test", note(fmt.Sprint("k", i%70), fmt.Sprint("text ", i))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// rest lets the bubble's time pass: the box idles, and blocks are made.
func rest() { time.Sleep(5 * time.Minute) }

// whole is everything that a ledger shows of its records.
func whole(t testing.TB, l *ledger.Ledger) string {
	t.Helper()
	var out bytes.Buffer
	must(t, l.Dump(context.Background(), &out, 0))
	for seq := range l.Acknowledged().Seq + 1 {
		h, err := l.HashAt(seq)
		must(t, err)
		fmt.Fprintf(&out, "%d %x\n", seq, h)
	}
	for after := uint64(0); ; {
		records, err := l.Read(after, 3000)
		must(t, err)
		if len(records) == 0 {
			return out.String()
		}
		for _, r := range records {
			fmt.Fprintf(&out, "%x\n", r)
		}
		after += uint64(len(records))
	}
}

// An idle box seals what is cold; what anybody reads is the same before and after, and after the next start.
func TestSealedRecordsReadAsRowsDid(t *testing.T) {
	path := create(t)
	var before string
	synctest.Test(t, func(t *testing.T) {
		l, stop := run(t, path, sealing())
		talk(t, l, 600)
		before = whole(t, l)
		if _, ok, err := l.Sealed(0); ok || err != nil {
			t.Errorf("a busy box seals: %v, %v", ok, err)
		}
		rest()
		if after := whole(t, l); after != before {
			t.Error("sealed records read otherwise than rows")
		}
		s, err := l.Stats(context.Background(), nil)
		must(t, err)
		if s.Blocks != 7 || s.Rows != 601-7*64 || s.Kinds["note.made/1"] != 600 || s.BlockBytes == 0 {
			t.Errorf("got %+v, want 7 blocks", s)
		}
		head, err := l.Verify(context.Background(), nil)
		if err != nil || head.Seq != 601 {
			t.Errorf("verified up to %s, %v", head, err)
		}
		must(t, stop())
	})
	kept := dump(t, path)
	if _, err := ledger.RebuildFile(t.Context(), path, notes(), nil); err != nil {
		t.Fatal(err)
	}
	if made := dump(t, path); made != kept {
		t.Error("views made anew from blocks differ")
	}
	l := reopen(t, path)
	if after := whole(t, l); !strings.HasPrefix(after, before[:strings.IndexByte(before, '\n')]) || l.Acknowledged().Seq != 602 {
		t.Error("the next start reads otherwise")
	}
}

// The tool seals a closed file as the box does an open one.
func TestSealFile(t *testing.T) {
	path, d := create(t), blocktest.New(1)
	d.Grow(4096 + 2*2048)
	change(t, path, func(tx *bolt.Tx) error {
		var errs []error
		for i, r := range d.Records {
			row := append(bytes.Clone(d.At[i+1].Hash[:]), r...)
			errs = append(errs, tx.Bucket([]byte("log")).Put(be(uint64(i+1)), row))
		}
		return errors.Join(errs...)
	})
	blocks, err := ledger.SealFile(t.Context(), path, nil)
	if err != nil || blocks != 2 {
		t.Fatalf("%d blocks, %v, want 2", blocks, err)
	}
	if after, _ := chainOf(t, path); !slices.EqualFunc(after, d.Records, bytes.Equal) {
		t.Error("the records are not what they were")
	}
	if blocks, err := ledger.SealFile(t.Context(), path, nil); err != nil || blocks != 0 {
		t.Errorf("again: %d blocks, %v", blocks, err)
	}
	reopen(t, path)
}

// The blocks follow one another from the first record on, and each is the records it replaced.
func TestSealedGivesEachBlockWhereItBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, stop := run(t, create(t), sealing())
		talk(t, l, 500)
		rest()
		at, blocks := l.Incarnation().Start(), 0
		for {
			s, ok, err := l.Sealed(at.Seq)
			must(t, err)
			if !ok {
				break
			}
			if s.Prev != at {
				t.Fatalf("block follows %s, want %s", s.Prev, at)
			}
			if _, ok, _ := l.Sealed(at.Seq + 1); ok {
				t.Error("a block begins in the middle of another")
			}
			records, err := l.Read(at.Seq, 1<<20)
			must(t, err)
			if len(records) != s.Count() {
				t.Errorf("%d records are read from a block of %d: not to its end, or past it", len(records), s.Count())
			}
			if _, err := s.Open(); err != nil {
				t.Error(err)
			}
			at, blocks = s.Last, blocks+1
		}
		if blocks != 6 {
			t.Errorf("%d blocks, want 6", blocks)
		}
		must(t, stop())
	})
}

// Decisions that come while the box idles are taken between two blocks, and what they record is sealed in its turn.
func TestDecisionsBetweenBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, stop := run(t, create(t), sealing())
		random := rand.New(rand.NewPCG(1, 1))
		for range 60 {
			talk(t, l, 1+random.IntN(20))
			time.Sleep(time.Duration(random.Int64N(int64(5 * time.Second))))
		}
		rest()
		if _, err := l.Verify(context.Background(), nil); err != nil {
			t.Error(err)
		}
		if s, _, err := l.Sealed(0); err != nil || s.Count() != 64 {
			t.Errorf("nothing was sealed: %v", err)
		}
		must(t, stop())
	})
}

func TestFullDiskSealsLater(t *testing.T) {
	path := create(t)
	vacate(t, path)
	synctest.Test(t, func(t *testing.T) {
		l, stop := run(t, path, sealing())
		talk(t, l, 2000)
		before := whole(t, l)
		back := swap(t, path, "/dev/full", unix.O_RDWR)
		time.Sleep(10 * time.Second)
		back()
		if _, ok, err := l.Sealed(0); ok || err != nil || l.Failed() != nil {
			t.Errorf("sealed %v on a full disk: %v, %v", ok, err, l.Failed())
		}
		if whole(t, l) != before {
			t.Error("a refused block changed what is read")
		}
		rest()
		if _, ok, err := l.Sealed(0); !ok || err != nil {
			t.Errorf("with room again nothing is sealed: %v", err)
		}
		talk(t, l, 1)
		must(t, stop())
	})
}

// vacate leaves 4 MiB of free pages in a file, more than a test writes. A commit that needs a page behind the end asks the file
// for its size first, and the device that is swapped in as a full disk has none: that fails as no full disk does.
func vacate(t *testing.T, path string) {
	t.Helper()
	name := []byte("vacant")
	change(t, path, func(tx *bolt.Tx) error {
		b, err := tx.CreateBucket(name)
		for i := uint64(0); err == nil && i < 1024; i++ {
			err = b.Put(binary.BigEndian.AppendUint64(nil, i), make([]byte, 3000))
		}
		return err
	})
	change(t, path, func(tx *bolt.Tx) error { return tx.DeleteBucket(name) })
}

func TestFailedSealingSilencesTheLedger(t *testing.T) {
	path := create(t)
	synctest.Test(t, func(t *testing.T) {
		l, stop := run(t, path, sealing())
		talk(t, l, 300)
		back := swap(t, path, "/dev/null", unix.O_RDONLY)
		time.Sleep(10 * time.Second)
		back()
		if !errors.Is(l.Failed(), ledger.ErrUnknown) {
			t.Errorf("got %v, want ErrUnknown", l.Failed())
		}
		if err := l.Update(context.Background(), "test", note("a", "x")); !errors.Is(err, ledger.ErrStopped) {
			t.Errorf("the next decision got %v, want ErrStopped", err)
		}
		if err := stop(); !errors.Is(err, ledger.ErrUnknown) {
			t.Errorf("Run ended with %v, want ErrUnknown", err)
		}
	})
	if l := reopen(t, path); l.Acknowledged().Seq != 302 {
		t.Errorf("%d records are there, want 302", l.Acknowledged().Seq)
	}
}

// A file is of format 1 until its first block, so that a version before this one can open it until then.
func TestFormatRisesWithTheFirstBlock(t *testing.T) {
	path := create(t)
	synctest.Test(t, func(t *testing.T) {
		l, stop := run(t, path, sealing())
		talk(t, l, 10)
		rest()
		must(t, stop())
	})
	if got := meta(t, path, "format"); !bytes.Equal(got, []byte{1}) {
		t.Errorf("without a block the format is %v", got)
	}
	sealSome(t, path)
	if got := meta(t, path, "format"); !bytes.Equal(got, []byte{2}) {
		t.Errorf("with blocks the format is %v", got)
	}
	change(t, path, func(tx *bolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("format"), []byte{4}) })
	if _, err := ledger.Open(path, options()); !errors.Is(err, ledger.ErrFormat) {
		t.Errorf("a format of the future gives %v, want ErrFormat", err)
	}
}

// sealSome makes a ledger of blocks and rows.
func sealSome(t testing.TB, path string) {
	t.Helper()
	synctest.Test(t.(*testing.T), func(t *testing.T) {
		l, stop := run(t, path, sealing())
		talk(t, l, 500)
		rest()
		must(t, stop())
	})
}

func change(t testing.TB, path string, do func(*bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	must(t, err)
	must(t, errors.Join(db.Update(do), db.Close()))
}

func meta(t testing.TB, path, key string) (value []byte) {
	t.Helper()
	change(t, path, func(tx *bolt.Tx) error {
		value = bytes.Clone(tx.Bucket([]byte("meta")).Get([]byte(key)))
		return nil
	})
	return value
}

// A flipped bit of a block is named by its sum; made with care, so that the sum fits, by the chain, unless it is one that
// the decompressor does not look at and the records are as they were.
func TestFlippedBlockIsNamed(t *testing.T) {
	path := create(t)
	sealSome(t, path)
	file, err := os.ReadFile(path)
	must(t, err)
	records, _ := chainOf(t, path)
	random := rand.New(rand.NewPCG(1, 1))
	for round := range 16 {
		path := filepath.Join(t.TempDir(), "ledger.db")
		must(t, os.WriteFile(path, file, 0o600))
		fits := round%2 == 0
		change(t, path, func(tx *bolt.Tx) error { return flip(tx.Bucket([]byte("blocks")), random, fits) })
		l, err := ledger.OpenReadOnly(path, notes())
		if err == nil {
			_, err = l.Verify(t.Context(), nil)
			must(t, l.Close())
		}
		named := errors.Is(err, ledger.ErrDamaged) || errors.Is(err, chain.ErrBroken)
		if err == nil && fits {
			again, _ := chainOf(t, path)
			named = reflect.DeepEqual(again, records)
		}
		if !named {
			t.Errorf("round %d, sum made to fit %v: got %v", round, fits, err)
		}
	}
}

// flip turns a bit of the third block, behind its sum.
func flip(blocks *bolt.Bucket, random *rand.Rand, fits bool) error {
	key := binary.BigEndian.AppendUint64(nil, 3*64)
	row := bytes.Clone(blocks.Get(key))
	row[6+random.IntN(len(row)-6)] ^= 1 << random.IntN(8)
	if fits {
		binary.BigEndian.PutUint32(row[2:], crc32.Checksum(row[6:], crc32.MakeTable(crc32.Castagnoli)))
	}
	return blocks.Put(key, row)
}

func TestMissingBlockIsNamed(t *testing.T) {
	path := create(t)
	sealSome(t, path)
	change(t, path, func(tx *bolt.Tx) error {
		return tx.Bucket([]byte("blocks")).Delete(binary.BigEndian.AppendUint64(nil, 2*64))
	})
	l, err := ledger.OpenReadOnly(path, notes())
	must(t, err)
	defer l.Close()
	if _, err := l.Verify(t.Context(), nil); !errors.Is(err, ledger.ErrDamaged) || !strings.Contains(err.Error(), "record 65") {
		t.Errorf("got %v, want ErrDamaged naming record 65", err)
	}
	if _, err := l.HashAt(100); !errors.Is(err, ledger.ErrDamaged) {
		t.Errorf("got %v, want ErrDamaged", err)
	}
}

// workSealing decides in bursts and seals small blocks in the pauses, all the time.
func workSealing(path string, badly bool) {
	o := options()
	o.Sealing = ledger.Sealing{After: time.Millisecond, Keep: 20, Records: 16}
	if badly {
		o.Sealing.After = time.Hour
	}
	l, err := ledger.Open(path, o)
	if err != nil {
		fmt.Println("bad", err)
		os.Exit(1)
	}
	if badly {
		go func() { _ = ledger.SealBadly(context.Background(), l) }()
	}
	go func() { _ = l.Run(context.Background()) }()
	for i := 1; ; i++ {
		seq := l.Acknowledged().Seq + 1
		if err := l.Update(context.Background(), "test", note(fmt.Sprint(i%50), "text")); err != nil {
			fmt.Println("bad", err)
			os.Exit(1)
		}
		if fmt.Println(seq); i%10 == 0 {
			time.Sleep(3 * time.Millisecond)
		}
	}
}

// A process killed while it seals leaves every record, as a row or in a block. The control takes the rows away before it
// writes their block.
func TestKilledWhileSealingLosesNothing(t *testing.T) {
	path, sealed := create(t), 0
	for i := range 20 {
		said := killWorker(t, path, time.Duration(30+7*i%60)*time.Millisecond, workerSeals+"=well")
		head, blocks, err := look(t, path)
		if err != nil || head < said {
			t.Fatalf("kill %d: %d records, %d were acknowledged: %v", i, head, said, err)
		}
		sealed = int(blocks)
	}
	if sealed < 5 {
		t.Errorf("20 rounds made %d blocks: sealing was not what was killed", sealed)
	}
	lost := 0
	for i := range 20 {
		path := create(t)
		killWorker(t, path, time.Duration(60+7*i%60)*time.Millisecond, workerSeals+"=badly")
		if _, _, err := look(t, path); err != nil {
			lost++
		}
	}
	if lost == 0 {
		t.Error("control: rows that go before their block is written were not missed")
	}
}

func look(t *testing.T, path string) (head, blocks uint64, err error) {
	t.Helper()
	l, err := ledger.OpenReadOnly(path, notes())
	must(t, err)
	defer l.Close()
	s, err := l.Stats(t.Context(), nil)
	return s.Head, s.Blocks, err
}
