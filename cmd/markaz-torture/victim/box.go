package victim

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"

	"markaz.example/edge/book/paper"
	realbox "markaz.example/edge/box"
	"markaz.example/edge/chain"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Name is the chain of a box.
const Name = "box"

// callers press at once, so that decisions share commits.
const callers = 4

// box is the ledger of a box with a floor on it.
type box struct {
	Config
	*mouth
	ledger   *ledger.Ledger
	floor    *desk.Floor
	answered atomic.Int64
}

func (b *box) run(ctx context.Context) (err error) {
	if err := b.compareViews(ctx); err != nil {
		return err
	}
	if b.ledger, err = b.open(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.ledger.Close()) }()
	if err := b.judge(ctx); err != nil {
		return err
	}
	b.at(Opened, Name, b.ledger.Acknowledged())
	return b.work(ctx)
}

// data is a directory below the disk's own, which is made at the first start as that of a box is.
func (b *box) data() string { return filepath.Join(b.Dir, "data") }

// noBallast lets a disk be full when it is.
const noBallast = -1

// Open opens the ledger of a data directory as the box does.
func Open(data string) (*ledger.Ledger, error) {
	c := realbox.Config{Data: data, Centre: realbox.Centre{Code: "ISB-01"}}
	l, _, err := realbox.OpenLedger(c, realbox.Options{Software: "markaz torture", Log: slog.New(slog.DiscardHandler), Ballast: noBallast})
	return l, err
}

// open goes the way of the box; with Blocks the same call with other figures, for a box seals only after a pause.
func (b *box) open() (*ledger.Ledger, error) {
	l, err := Open(b.data())
	if err != nil || !b.Blocks {
		return l, err
	}
	if err := l.Close(); err != nil {
		return nil, err
	}
	return ledger.Open(filepath.Join(b.data(), "ledger.db"), ledger.Options{
		Books: realbox.Books(), Software: "markaz torture", Sealing: ledger.Sealing{After: 1, Keep: 64, Records: 32},
	})
}

// work presses until the process is killed, a commit fails, or enough was answered.
func (b *box) work(ctx context.Context) error {
	b.floor = &desk.Floor{Ledger: b.ledger, Catalogue: offers(), Rand: rand.Reader}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var parts sync.WaitGroup
	parts.Go(func() { b.watch(ctx) })
	for i := range uint64(callers) {
		parts.Go(func() { b.press(ctx, stop, mathrand.New(mathrand.NewPCG(b.Seed, i))) })
	}
	err := b.ledger.Run(ctx)
	stop()
	parts.Wait()
	if err != nil {
		b.text(Leaves, err)
	}
	if n := b.ledger.Disk().Missed; n > 0 {
		b.text(Missed, fmt.Errorf("the head's witness was not written %d times", n))
	}
	return nil
}

// Press opens the ledger of a data directory, lets one caller press so many times, and closes it. It reports what keeps
// the ledger from it, and no refusal.
func Press(ctx context.Context, data string, presses int) error {
	l, err := Open(data)
	if err != nil {
		return err
	}
	b := &box{ledger: l, floor: &desk.Floor{Ledger: l, Catalogue: offers(), Rand: rand.Reader}}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	random := mathrand.New(mathrand.NewPCG(1, 1))
	for i := 0; i < presses && err == nil; i++ {
		if err = b.pressOne(ctx, random); isRefusal(err) {
			err = nil
		}
	}
	stop()
	return errors.Join(err, <-ended, l.Close())
}

func isRefusal(err error) bool {
	r, ok := errors.AsType[*desk.Refusal](err)
	return ok && r.Code != desk.BoxFault
}

// watch is a sender: it says what it could send away.
func (b *box) watch(ctx context.Context) {
	for {
		changed := b.ledger.Changed()
		if at := b.ledger.Acknowledged(); b.visible(at) {
			b.at(Seen, Name, at)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
		if b.ledger.Failed() != nil {
			return
		}
	}
}

// visible reads what a sender would read, and no further than it may.
func (b *box) visible(at chain.Position) bool {
	h, err := b.ledger.HashAt(at.Seq)
	return err == nil && h == at.Hash
}

// press is one caller. A refusal is an answer too.
func (b *box) press(ctx context.Context, stop func(), random *mathrand.Rand) {
	for ctx.Err() == nil {
		if b.Early {
			b.at(Acked, Name, chain.Position{Seq: b.ledger.Acknowledged().Seq + 1})
		}
		err := b.pressOne(ctx, random)
		if err != nil && !isRefusal(err) || b.ledger.Failed() != nil {
			return
		}
		b.at(Acked, Name, b.ledger.Acknowledged())
		if n := b.answered.Add(1); b.Stop > 0 && n >= int64(b.Stop) {
			stop()
		}
	}
}

func (b *box) pressOne(ctx context.Context, random *mathrand.Rand) error {
	services := offers().Services
	switch d := offers().Desks[random.IntN(2)].Code; random.IntN(4) {
	case 0:
		_, err := b.floor.CallNext(ctx, d)
		return err
	case 1:
		return b.floor.Confirm(ctx, d)
	default:
		kiosk := fmt.Sprint("kiosk/", 1+random.IntN(2))
		v, err := b.floor.Ask(ctx, desk.Asking{Actor: kiosk, Services: []id.Service{services[random.IntN(2)].Code}, Lang: "ur"})
		if err != nil {
			return err
		}
		return b.print(ctx, v)
	}
}

// print is the spool, whose printer never fails.
func (b *box) print(ctx context.Context, v id.Visit) error {
	return b.ledger.Update(ctx, "spool", func(tx *ledger.Tx) error {
		j, ok := paper.For(tx, string(v))
		if !ok {
			return fmt.Errorf("no paper for %s", v)
		}
		_, err := paper.Start(tx, j.ID, "printer/torture")
		return err
	})
}

func offers() desk.Catalogue {
	return desk.Catalogue{
		Services: []desk.Service{
			{Code: "kafaalat", Letter: "K", NameEn: "Kafaalat", NameUr: "کفالت", Pictogram: "cash", Room: "1"},
			{Code: "loans", Letter: "L", NameEn: "Loans", NameUr: "قرض", Pictogram: "loan", Room: "2"},
		},
		Desks: []desk.Desk{
			{Code: "A", NameEn: "Desk A", NameUr: "کاؤنٹر اے", Room: "1", Serves: []id.Service{"kafaalat", "loans"}},
			{Code: "B", NameEn: "Desk B", NameUr: "کاؤنٹر بی", Room: "2", Serves: []id.Service{"kafaalat"}},
		},
	}
}
