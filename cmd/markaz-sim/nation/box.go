package nation

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"markaz.example/cmd/markaz-sim/history"
	"markaz.example/edge/box"
	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/durable"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/sync/link"
	"markaz.example/sync/uplink"
)

// The files of a box.
const (
	ledgerName = "ledger.db"
	seedName   = "box.seed"
	ackedName  = "acknowledged"
)

// Box is one centre: its ledger, its uplink, and the people who come.
type Box struct {
	Dir       string
	Centre    id.Centre
	Addresses []string    // of headquarters' nodes
	TLS       *tls.Config // the box's certificate, and whom it trusts
	Pace      float64     // so many times quicker than life
	People    int         // that come in a day of that life; spread over six hours
	DialMax   time.Duration
	Log       *slog.Logger

	// Liar is a control that must be found out: the box says that a record is saved before it is.
	Liar bool

	state  atomic.Pointer[uplink.State]
	closed atomic.Bool
}

// CloseDoors keeps people from coming; what waits is still sent.
func (b *Box) CloseDoors() { b.closed.Store(true) }

// State is how the road stands; false before anything is known.
func (b *Box) State() (uplink.State, bool) {
	s := b.state.Load()
	if s == nil {
		return uplink.State{}, false
	}
	return *s, true
}

// Run opens the box and serves until the context ends. It reports what ends the ledger.
func (b *Box) Run(ctx context.Context) (err error) {
	key, err := b.settle()
	if err != nil {
		return fmt.Errorf("%s: %w", b.Centre, err)
	}
	l, err := ledger.Open(filepath.Join(b.Dir, ledgerName), ledger.Options{Books: box.Books(), Software: "markaz sim", Log: b.Log})
	if err != nil {
		return fmt.Errorf("%s: %w", b.Centre, err)
	}
	defer l.Close()
	acked, err := os.OpenFile(filepath.Join(b.Dir, ackedName), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer acked.Close()
	seen, err := openWitness(b.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, seen.close()) }()
	inner, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var parts sync.WaitGroup
	for _, part := range []func(context.Context) error{
		l.Run, b.uplink(l, key, seen).Run,
		func(ctx context.Context) error { return b.people(ctx, l, acked) },
	} {
		parts.Go(func() { fail(part(inner)) })
	}
	parts.Wait()
	if ctx.Err() != nil {
		return nil // asked to stop
	}
	return fmt.Errorf("%s: %w", b.Centre, context.Cause(inner))
}

// settle makes ledger and key at the first start.
func (b *Box) settle() (ed25519.PrivateKey, error) {
	if err := os.MkdirAll(b.Dir, 0o700); err != nil {
		return nil, err
	}
	in := chain.Incarnation{Centre: b.Centre}
	rand.Read(in.Nonce[:])
	if err := ledger.Create(filepath.Join(b.Dir, ledgerName), in); err != nil && !errors.Is(err, ledger.ErrExists) {
		return nil, err
	}
	path := filepath.Join(b.Dir, seedName)
	seed, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		seed = make([]byte, ed25519.SeedSize)
		rand.Read(seed)
		err = durable.WriteFile(path, seed)
	}
	if err != nil {
		return nil, err
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

func (b *Box) uplink(l *ledger.Ledger, key ed25519.PrivateKey, seen *witness) *uplink.Uplink {
	ring := &link.Ring{}
	for _, a := range b.Addresses {
		ring.Dialers = append(ring.Dialers, link.Dialer{URL: "wss://" + a + link.Path, TLS: b.TLS})
	}
	return &uplink.Uplink{
		Ledger: l, Sealed: l.Sealed, Key: key, Software: "markaz sim", Wall: func() time.Time { return l.Clock().Now().Time() },
		Dial: func(ctx context.Context) (uplink.Link, error) {
			c, err := ring.Dial(ctx)
			if err != nil {
				return nil, err
			}
			return seen.watch(c), nil
		},
		Random: mathrand.New(mathrand.NewPCG(mathrand.Uint64(), mathrand.Uint64())),
		Log:    b.Log, Held: l.Confirmed(), Ceiling: b.DialMax,
		Clock: func() (int64, uint8) {
			now := l.Clock().Now()
			return now.Wall, uint8(now.Grade)
		},
		Told:   func(t time.Time) { b.tell(l, t) },
		Report: func(s uplink.State) { b.state.Store(&s) },
	}
}

// peopleBusy come to a centre whose decisions are as close together as history draws them.
const peopleBusy = 600

const tellMax = 10 * time.Second // to record what headquarters says the time is

func (b *Box) tell(l *ledger.Ledger, t time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), tellMax)
	defer cancel()
	if err := l.Tell(ctx, "headquarters", t, clock.Network); err != nil {
		b.Log.Debug("headquarters' time was not recorded", "err", err)
	}
}

// people come, one decision after the other. A box that was killed opens the next day: whoever was inside has left.
func (b *Box) people(ctx context.Context, l *ledger.Ledger, acked *os.File) error {
	boot := l.Clock().Now().Boot
	h := history.New(boot, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(boot)))
	h.People, h.Quiet = b.People, float64(peopleBusy)/float64(b.People)
	for {
		d := h.Next()
		if !rest(ctx, time.Duration(float64(d.After)/b.Pace)) {
			return nil
		}
		if b.closed.Load() {
			<-ctx.Done()
			return nil
		}
		if err := b.decide(ctx, l, acked, d); err != nil {
			return err
		}
	}
}

// decide records a decision and then says so, as a desk would.
func (b *Box) decide(ctx context.Context, l *ledger.Ledger, acked *os.File, d history.Decision) error {
	if b.Liar {
		if _, err := fmt.Fprintln(acked, l.Acknowledged().Seq+uint64(len(d.Events)), "early"); err != nil {
			return err
		}
		if !rest(ctx, lieFor) {
			return nil
		}
	}
	var head uint64
	err := l.Update(ctx, d.Events[0].Actor, func(tx *ledger.Tx) error {
		for _, e := range d.Events {
			if err := tx.Append(e.Subject, e.Event); err != nil {
				return err
			}
		}
		head = tx.Seq() + uint64(len(d.Events))
		return nil
	})
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return fmt.Errorf("record a decision: %w", err)
	}
	h, err := l.HashAt(head)
	if err == nil {
		_, err = fmt.Fprintf(acked, "%d %x\n", head, h[:])
	}
	return err
}

// lieFor is how long before its commit a liar speaks: long enough that nearly every kill falls into it.
const lieFor = 200 * time.Millisecond

func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
