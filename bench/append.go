package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

const recordBytes = 400 // a visit's record with its header

// appender saves a record durably before it returns. Any goroutine may call it.
type appender func(i int64) error

// appendRates measures each way of saving at 1, 8 and 64 callers, interleaved, and compares ours with both limits.
func appendRates(b *bench) ([]row, error) {
	ways := []struct {
		name string
		open func(string) (appender, func() error, error)
	}{{"plain log", plainLog}, {"bare bbolt", bareBolt}, {"ledger", ourLedger}}
	var rows []row
	for _, callers := range []int{1, 8, 64} {
		rates := make([]samples, len(ways))
		for round := range b.rounds {
			for i, w := range ways {
				path := filepath.Join(b.dir, fmt.Sprintf("%s-%d-%d", w.name, callers, round))
				rate, err := appendRate(path, callers, b.span, w.open)
				if err != nil {
					return nil, fmt.Errorf("%s at %d callers: %w", w.name, callers, err)
				}
				rates[i] = append(rates[i], rate)
			}
		}
		log, bare, ours := rates[0].median(), rates[1].median(), rates[2].median()
		rows = append(rows, row{
			what: fmt.Sprintf("durable append, %s", count(callers)), ours: perSecond(ours),
			limit: "bare bbolt group commit " + perSecond(bare), ratio: ours / bare, goal: "0.85",
		}, row{
			what: fmt.Sprintf("durable append, %s", count(callers)), ours: perSecond(ours),
			limit: "plain log, one fdatasync a group " + perSecond(log), ratio: ours / log,
		})
	}
	return rows, nil
}

func count(callers int) string {
	if callers == 1 {
		return "1 caller"
	}
	return fmt.Sprint(callers, " callers")
}

// appendRate is records a second over a fixed time.
func appendRate(path string, callers int, span time.Duration, open func(string) (appender, func() error, error)) (float64, error) {
	save, end, err := open(path)
	if err != nil {
		return 0, err
	}
	defer os.Remove(path)
	var n atomic.Int64
	var failed atomic.Value
	var wg sync.WaitGroup
	start := time.Now()
	for range callers {
		wg.Go(func() {
			for time.Since(start) < span {
				if err := save(n.Add(1)); err != nil {
					failed.Store(err)
					return
				}
			}
		})
	}
	wg.Wait()
	rate := float64(n.Load()) / time.Since(start).Seconds()
	if err, ok := failed.Load().(error); ok {
		return 0, err
	}
	return rate, end()
}

// group is the commit loop of both limits: whatever queued up while the last group was syncing is the next one. It lets
// others run once before it closes a group, as the ledger does, so that the limits are not poorer than they could be.
type group struct {
	queue chan saving
	done  chan struct{}
}

type saving struct {
	data []byte
	done chan error
}

func newGroup(commit func([][]byte) error) *group {
	g := &group{queue: make(chan saving, 4096), done: make(chan struct{})}
	go g.run(commit)
	return g
}

func (g *group) run(commit func([][]byte) error) {
	defer close(g.done)
	var batch []saving
	for s := range g.queue {
		batch = g.gather(s, len(batch) > 1)
		data := make([][]byte, len(batch))
		for i, s := range batch {
			data[i] = s.data
		}
		err := commit(data)
		for _, s := range batch {
			s.done <- err
		}
	}
}

func (g *group) gather(first saving, crowded bool) []saving {
	batch := []saving{first}
	for len(batch) < 1024 {
		select {
		case s, more := <-g.queue:
			if !more {
				return batch
			}
			batch = append(batch, s)
			continue
		default:
		}
		if !crowded {
			break
		}
		crowded = false
		runtime.Gosched()
	}
	return batch
}

func (g *group) save(data []byte) error {
	s := saving{data, make(chan error, 1)}
	g.queue <- s
	return <-s.done
}

func payload() []byte { return bytes.Repeat([]byte("markaz "), recordBytes/7) }

// plainLog is the limit of the disk: one write and one fdatasync a group.
func plainLog(path string) (appender, func() error, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, nil, err
	}
	g := newGroup(func(batch [][]byte) error {
		if _, err := f.Write(bytes.Join(batch, nil)); err != nil {
			return err
		}
		return fdatasync(f)
	})
	data := payload()
	return func(int64) error { return g.save(data) }, func() error {
		close(g.queue)
		<-g.done
		return f.Close()
	}, nil
}

// bareBolt is the limit of the store: keys in order, one commit a group, nothing else.
func bareBolt(path string) (appender, func() error, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType, NoFreelistSync: true, InitialMmapSize: 1 << 30})
	if err != nil {
		return nil, nil, err
	}
	name := []byte("log")
	if err := db.Update(func(tx *bolt.Tx) error { _, err := tx.CreateBucket(name); return err }); err != nil {
		return nil, nil, err
	}
	var seq uint64
	g := newGroup(func(batch [][]byte) error {
		return db.Update(func(tx *bolt.Tx) error {
			b := tx.Bucket(name)
			b.FillPercent = 0.99
			for _, data := range batch {
				seq++
				if err := b.Put(binary.BigEndian.AppendUint64(nil, seq), data); err != nil {
					return err
				}
			}
			return nil
		})
	})
	data := payload()
	return func(int64) error { return g.save(data) }, func() error {
		close(g.queue)
		<-g.done
		return db.Close()
	}, nil
}

// measured is the event that the ledger saves in the same size.
type measured struct {
	Key  string `cbor:"1,keyasint"`
	Text []byte `cbor:"2,keyasint"`
}

func (measured) Kind() chain.Kind { return "bench.measured/1" }

func (m measured) Check() error {
	if m.Key == "" {
		return fmt.Errorf("no key")
	}
	return nil
}

func project(m measured, v ledger.View, h chain.Header) error {
	return v.Put([]byte(m.Key), binary.BigEndian.AppendUint64(nil, h.Seq))
}

func benchBooks() []ledger.Book {
	return []ledger.Book{{Name: "bench", Version: 1, Kinds: []ledger.Kind{ledger.Define(project)}}}
}

// ourLedger is the whole path: a decision that reads a view, the event's check, its projection, the chain, the commit.
func ourLedger(path string) (appender, func() error, error) {
	if err := ledger.Create(path, chain.Incarnation{Centre: "BENCH-01"}); err != nil {
		return nil, nil, err
	}
	l, err := ledger.Open(path, ledger.Options{Books: benchBooks(), Software: "bench"})
	if err != nil {
		return nil, nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	text := payload()[:recordBytes-100]
	save := func(i int64) error {
		e := measured{fmt.Sprint("family ", i%2000), text}
		return l.Update(ctx, "desk/A", func(tx *ledger.Tx) error {
			tx.Reader("bench").Get([]byte(e.Key))
			return tx.Append("K5QXG43UOVZGKZDT", e)
		})
	}
	return save, func() error {
		stop()
		if err := <-ended; err != nil {
			return err
		}
		return l.Close()
	}, nil
}
