package depot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"sync"
	"time"

	packbook "markaz.example/edge/book/pack"
	"markaz.example/edge/health"
	"markaz.example/edge/ledger"
	"markaz.example/edge/pack"
)

// Kind is what a kind of pack is good for.
type Kind struct {
	Try func(content []byte) error // on a copy: changes nothing
	Use func(content []byte) error // from now on, in the place of any before it
}

// Want is what is missing of the pack to be fetched next: what follows Offset. The zero value wants nothing.
type Want struct {
	Digest [32]byte
	Offset uint64
	Total  uint64
}

// The conditions that a depot sets, each with the pack's name as its device.
const (
	ConditionMissing = "pack.missing" // a pack in use is not on disk whole; it is being fetched again
	ConditionRefused = "pack.refused" // the newest pack that was offered is not used
	ConditionDisk    = "pack.disk"    // the directory cannot be written
)

const (
	// againAfter is the pause after the disk or the ledger did not do what was wanted.
	againAfter = 10 * time.Second

	// badMax is how often a content may come whole and wrong before it is refused: once may be a file that a cut of
	// power left with a hole.
	badMax = 2

	actor = "box"
)

// Depot keeps the packs of a box. Any goroutine may call it; Run must run. Make it with New.
type Depot struct {
	ledger *ledger.Ledger
	kinds  map[string]Kind
	board  *health.Board
	log    *slog.Logger

	mu      sync.Mutex
	shelf   shelf
	want    pack.Manifest          // guarded by mu: is being fetched; no name when nothing is
	bad     map[pack.Digest]int    // guarded by mu: how often a content came whole and wrong
	changed chan struct{}          // guarded by mu: closed and replaced when want or the files change
	used    map[string]pack.Digest // Run's own: what is in use, by name
}

// New makes a depot in a directory, which is made when the first piece comes.
func New(dir string, l *ledger.Ledger, kinds map[string]Kind, board *health.Board, log *slog.Logger) *Depot {
	return &Depot{
		ledger: l, kinds: kinds, board: board, log: log, shelf: shelf{dir}, bad: map[pack.Digest]int{},
		changed: make(chan struct{}), used: map[string]pack.Digest{},
	}
}

// Run works until the context ends. It never fails: a box without its packs serves with what it was built with.
func (d *Depot) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		changed := d.Wanted() // before the look, so that no change falls between the two
		all, err := d.all(ctx)
		if err == nil {
			d.round(ctx, all)
		}
		d.await(ctx, changed, all)
	}
	return nil
}

// await returns when there may be something to do: the book of packs or the files changed, or what failed is to be tried
// again. The ledger changes with every visitor; that alone is none of it.
func (d *Depot) await(ctx context.Context, changed <-chan struct{}, seen []packbook.Series) {
	again := time.NewTimer(againAfter)
	defer again.Stop()
	for {
		recorded := d.ledger.Changed()
		if all, err := d.all(ctx); err == nil && !reflect.DeepEqual(all, seen) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
			return
		case <-again.C:
			return
		case <-recorded:
		}
	}
}

// Load puts what is active into use. Call it before Run, so that the first page is right.
func (d *Depot) Load(ctx context.Context) {
	all, err := d.all(ctx)
	if err != nil {
		d.log.Warn("packs in use are not known", "err", err)
	}
	for _, s := range all {
		if s.Active != nil {
			d.wear(s.Active.Manifest(s.Name))
		}
	}
}

func (d *Depot) all(ctx context.Context) (all []packbook.Series, err error) {
	err = d.ledger.View(ctx, func(s ledger.Snapshot) error {
		all = packbook.All(s)
		return nil
	})
	return all, err
}

// round does what can be done.
func (d *Depot) round(ctx context.Context, all []packbook.Series) {
	var want pack.Manifest
	for _, s := range all {
		if m, missing := d.settle(ctx, s); missing && want.Name == "" {
			want = m
		}
		d.show(s)
	}
	d.setWant(want)
	if err := d.shelf.sweep(needed(all)); err != nil {
		d.log.Warn("old packs were not removed", "err", err)
	}
}

// settle brings one name as far as it goes. It gives what must be fetched for it to go on.
func (d *Depot) settle(ctx context.Context, s packbook.Series) (m pack.Manifest, missing bool) {
	if s.Offered != nil {
		if m, missing := d.stage(ctx, s.Offered.Manifest(s.Name)); missing {
			return m, true
		}
	}
	if s.Active == nil || d.used[s.Name] == pack.Digest(s.Active.Digest) {
		return m, false
	}
	m = s.Active.Manifest(s.Name)
	return m, !d.wear(m)
}

// stage tries what was offered and records what came of it. It reports true while the content is not here.
func (d *Depot) stage(ctx context.Context, m pack.Manifest) (pack.Manifest, bool) {
	kind, known := d.kinds[m.Kind]
	if !known {
		d.refuse(ctx, m, packbook.ReasonKind, "this box has no use for "+m.Kind)
		return m, false
	}
	if d.isBad(m.Digest) {
		d.refuse(ctx, m, packbook.ReasonContent, "")
		return m, false
	}
	if _, whole := d.shelf.have(m); !whole {
		return m, true
	}
	content, err := d.shelf.read(m)
	if err != nil {
		d.log.Warn("a pack cannot be read; it is fetched again", "kind", m.Kind, "err", err)
		return m, errors.Is(err, pack.ErrContent)
	}
	if err := kind.Try(content); err != nil {
		d.refuse(ctx, m, packbook.ReasonTry, err.Error())
		return m, false
	}
	d.decide(ctx, m, func(tx *ledger.Tx) error { return packbook.Activate(tx, m) })
	return m, false
}

func (d *Depot) refuse(ctx context.Context, m pack.Manifest, reason, detail string) {
	d.decide(ctx, m, func(tx *ledger.Tx) error { return packbook.Refuse(tx, m, reason, detail) })
}

func (d *Depot) decide(ctx context.Context, m pack.Manifest, decision func(*ledger.Tx) error) {
	switch err := d.ledger.Update(ctx, actor, decision); {
	case err == nil:
		d.forget(m.Digest)
	case !errors.Is(err, packbook.ErrOffer) && ctx.Err() == nil:
		d.log.Warn("what came of a pack was not recorded", "kind", m.Kind, "err", err)
	}
}

// wear puts an active pack into use. It reports false when the content is not here; one that cannot be used after all, as
// after an update of the program, is left off.
func (d *Depot) wear(m pack.Manifest) bool {
	content, err := d.shelf.read(m)
	if err != nil {
		d.board.Set(ConditionMissing, m.Name, health.Notice, err.Error())
		return false
	}
	d.board.Clear(ConditionMissing, m.Name)
	d.used[m.Name] = m.Digest
	kind, known := d.kinds[m.Kind]
	if !known {
		err = fmt.Errorf("this box has no use for %s", m.Kind)
	} else {
		err = kind.Use(content)
	}
	if err != nil {
		d.log.Warn("an active pack cannot be used", "kind", m.Kind, "err", err)
		d.board.Set(ConditionRefused, m.Name, health.Warning, err.Error())
		return true
	}
	d.log.Info("a pack is in use", "kind", m.Kind, "seq", m.Version)
	return true
}

// show tells people of a refusal until something newer is active.
func (d *Depot) show(s packbook.Series) {
	r := s.Refusal
	if r == nil || r.Reason == packbook.ReasonOlder {
		return
	}
	if s.Active != nil && s.Active.Seq > r.Seq {
		d.board.Clear(ConditionRefused, s.Name)
		return
	}
	d.board.Set(ConditionRefused, s.Name, health.Notice, fmt.Sprintf("version %d: %s %s", r.Version, r.Reason, r.Detail))
}

// needed is what is not swept away.
func needed(all []packbook.Series) map[pack.Digest]bool {
	keep := map[pack.Digest]bool{}
	for _, s := range all {
		for _, v := range []*packbook.Version{s.Offered, s.Active, s.Previous} {
			if v != nil {
				keep[pack.Digest(v.Digest)] = true
			}
		}
	}
	return keep
}

// Active is what is in use, for headquarters.
func (d *Depot) Active(ctx context.Context) []packbook.Series {
	all, err := d.all(ctx)
	if err != nil {
		d.log.Warn("packs in use are not known", "err", err)
	}
	return all
}
