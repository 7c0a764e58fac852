package uplink_test

import (
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

// million is a ledger much larger than what the road may hold, and copies what it gives, as one on a disk does.
type million struct {
	*ledger
	most int // bytes that one Read gave
}

func (l *million) Read(after uint64, limitBytes int) (records [][]byte, err error) {
	size := 0
	for seq := after + 1; seq <= l.Head().Seq && (size < limitBytes || seq == after+1); seq++ {
		r := l.Records(seq, seq)[0]
		records, size = append(records, append([]byte(nil), r...)), size+len(r)
	}
	l.most = max(l.most, size)
	return records, nil
}

// noise is a chain of large records that nothing compresses.
func noise(records int) *wiretest.Chain {
	c := wiretest.New("ISB-01", 1)
	random := rand.NewChaCha8([32]byte{1})
	for range records {
		b := make([]byte, 60_000)
		if _, err := io.ReadFull(random, b); err != nil {
			panic("BUG: " + err.Error())
		}
		c.Append(map[int]any{1: b})
	}
	return c
}

// A line that was fast stops moving. What the box has under way and in its queues stays within the stated bound.
func TestALineThatStopsHoldsLittle(t *testing.T) {
	for name, c := range map[string]*wiretest.Chain{"records": grown(20_000), "noise": noise(200)} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { stopTheLine(t, c) })
		})
	}
}

func grown(n int) *wiretest.Chain {
	c := wiretest.New("ISB-01", 1)
	c.Grow(n)
	return c
}

func stopTheLine(t *testing.T, c *wiretest.Chain) {
	l := &million{ledger: &ledger{Chain: c, visible: c.Head().Seq, open: make(chan struct{})}}
	f := newFake()
	before := heap()
	_, stop := speaker(t, l, f, func(*uplink.Uplink) {})
	<-f.sent
	f.say <- wire.Welcome{Version: 2, Held: l.At(0), Window: wire.WindowMax}
	acknowledge(f, 7)
	time.Sleep(time.Minute)
	grew := heap() - before // also what the fake line holds: it stands for the link's queue
	underWay := 0
	for len(f.sent) > 0 {
		if b, ok := (<-f.sent).(wire.Batch); ok {
			underWay += len(b.Block)
		}
	}
	t.Logf("%d bytes under way, %d read at once; the heap grew by %d KiB", underWay, l.most, grew>>10)
	if underWay > uplink.FlightBytesMax+wire.FrameBytesMax {
		t.Errorf("%d bytes under way, want %d and a batch at most", underWay, uplink.FlightBytesMax)
	}
	if l.most > wire.RawBytesMax+chain.RecordBytesMax {
		t.Errorf("%d bytes were read at once", l.most)
	}
	if grew > uplink.MemoryBytesMax {
		t.Errorf("the heap grew by %d bytes, want %d at most", grew, uplink.MemoryBytesMax)
	}
	stop()
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what pools keep outlives one
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// acknowledge answers so many batches at the speed of a good line.
func acknowledge(f *fake, batches int) {
	for batches > 0 {
		if b, ok := (<-f.sent).(wire.Batch); ok {
			time.Sleep(20 * time.Millisecond)
			f.say <- wire.Ack{Held: b.Last()}
			batches--
		}
	}
}
