package main

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"markaz.example/cmd/markaz-sim/history"
	"markaz.example/edge/box"
	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
	"markaz.example/sync/link"
	"markaz.example/sync/roster"
	"markaz.example/sync/uplink"
)

// liveTimes measures from a press to headquarters' acknowledgement, one decision after the other on a link that is
// open. The limit does the same without a chain, a road or a group: a line is appended and synced here, sent over TCP,
// appended and synced there, and answered.
func liveTimes(b *bench) ([]row, error) {
	secrets := filepath.Join(b.dir, "live-secrets")
	if err := makeSecrets(secrets); err != nil {
		return nil, err
	}
	var ours, limit samples
	for round := range b.rounds {
		l, err := echoTimes(b, filepath.Join(b.dir, fmt.Sprint("echo-", round)))
		if err != nil {
			return nil, fmt.Errorf("echo: %w", err)
		}
		o, err := liveOnce(b, filepath.Join(b.dir, fmt.Sprint("live-", round)), secrets)
		if err != nil {
			return nil, err
		}
		ours, limit = append(ours, o...), append(limit, l...)
	}
	return []row{{
		what: "live: a decision until a headquarters of three nodes has acknowledged it", ours: spread(ours),
		limit: "a line synced here, over TCP, synced there, answered: " + spread(limit), ratio: limit.percentile(50) / ours.percentile(50),
	}}, nil
}

// liveOnce gives the times in milliseconds.
func liveOnce(b *bench, dir, secrets string) (times samples, err error) {
	defer os.RemoveAll(dir)
	group, address, err := startGroup(dir, secrets, groupNodes)
	defer func() { err = errors.Join(err, endAll(group)) }()
	if err != nil {
		return nil, err
	}
	near, err := startPart("live-box", dir, address, filepath.Join(secrets, "box"), fmt.Sprint(b.presses))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(near.hear(&times), near.end()); err != nil {
		return nil, err
	}
	_, err = mostMemory(group)
	return times, err
}

// liveBoxPart is a box with a link; it presses, and says how long each press took.
func liveBoxPart(args []string) error {
	dir, address, secrets := args[0], args[1], args[2]
	var presses int
	if _, err := fmt.Sscan(args[3], &presses); err != nil {
		return err
	}
	secret, err := roster.ClientTLS(secrets, hqName)
	if err != nil {
		return err
	}
	in := chain.Incarnation{Centre: centreCode}
	rand.Read(in.Nonce[:])
	file := filepath.Join(dir, "live.db")
	if err := ledger.Create(file, in); err != nil {
		return err
	}
	l, err := ledger.Open(file, ledger.Options{Books: box.Books(), Software: "bench"})
	if err != nil {
		return err
	}
	defer l.Close()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	d := link.Dialer{URL: "wss://" + address + link.Path, TLS: secret}
	held := &mark{moved: make(chan struct{})}
	u := &uplink.Uplink{
		Ledger: l, Key: key, Software: "bench", Wall: time.Now,
		Random: mathrand.New(mathrand.NewPCG(1, 1)), Log: slog.New(slog.DiscardHandler),
		Dial:    func(ctx context.Context) (uplink.Link, error) { return d.Dial(ctx) },
		Report:  func(s uplink.State) { held.set(s.Held.Seq) },
		Ceiling: time.Millisecond, // it is alone, and waits for nobody
	}
	ctx, stop := context.WithTimeout(context.Background(), drainMax)
	defer stop()
	var parts sync.WaitGroup
	parts.Go(func() { _ = l.Run(ctx) })
	parts.Go(func() { _ = u.Run(ctx) })
	times, err := press(ctx, l, held, presses)
	stop()
	parts.Wait()
	return errors.Join(err, say(times))
}

// press takes decisions, each after the one before was acknowledged. The first ones, which wait for the link, do not
// count.
func press(ctx context.Context, l *ledger.Ledger, held *mark, presses int) (times samples, err error) {
	h := history.New(1, monday)
	for i := range presses + pressesUncounted {
		d := h.Next()
		begun := time.Now()
		err := l.Update(ctx, d.Events[0].Actor, func(tx *ledger.Tx) error {
			for _, e := range d.Events {
				if err := tx.Append(e.Subject, e.Event); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			err = held.await(ctx, l.Acknowledged().Seq)
		}
		if err != nil {
			return nil, err
		}
		if i >= pressesUncounted {
			times = append(times, float64(time.Since(begun).Microseconds())/1000)
		}
	}
	return times, nil
}

const pressesUncounted = 5

// mark is how far headquarters has come, for one who waits.
type mark struct {
	mu    sync.Mutex
	seq   uint64        // guarded by mu
	moved chan struct{} // guarded by mu: closed and replaced when seq rises
}

func (m *mark) set(seq uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if seq > m.seq {
		m.seq = seq
		close(m.moved)
		m.moved = make(chan struct{})
	}
}

func (m *mark) await(ctx context.Context, seq uint64) error {
	for {
		m.mu.Lock()
		got, moved := m.seq, m.moved
		m.mu.Unlock()
		if got >= seq {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// echoTimes is the limit.
func echoTimes(b *bench, path string) (times samples, err error) {
	defer os.Remove(path)
	far, err := startPart("echo", path+".far")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, far.end(), os.Remove(path+".far")) }()
	var address string
	if err := far.hear(&address); err != nil {
		return nil, err
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	line := make([]byte, recordBytes)
	for range b.presses {
		begun := time.Now()
		if _, err := f.Write(line); err != nil {
			return nil, err
		}
		if err := fdatasync(f); err != nil {
			return nil, err
		}
		if _, err := c.Write(line); err != nil {
			return nil, err
		}
		if _, err := io.ReadFull(c, line[:1]); err != nil {
			return nil, err
		}
		times = append(times, float64(time.Since(begun).Microseconds())/1000)
	}
	return times, nil
}

// echoPart saves every line it gets and answers with one byte.
func echoPart(args []string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	f, err := os.Create(args[0])
	if err != nil {
		return err
	}
	defer f.Close()
	if err := say(l.Addr().String()); err != nil {
		return err
	}
	c, err := l.Accept()
	if err != nil {
		return err
	}
	defer c.Close()
	line, in := make([]byte, recordBytes), bufio.NewReader(c)
	for {
		if _, err := io.ReadFull(in, line); err != nil {
			return nil // the other end has had enough
		}
		if _, err := f.Write(line); err != nil {
			return err
		}
		if err := fdatasync(f); err != nil {
			return err
		}
		if _, err := c.Write(line[:1]); err != nil {
			return nil
		}
	}
}
