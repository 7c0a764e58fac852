package victim

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

// The chains that headquarters is sent. They are the same in every run: what is found can be compared with what was sent.
const (
	chains    = 4
	batchMost = 5 // records
)

type road struct {
	name  string
	chain *wiretest.Chain
}

func roads() (out [chains]road) {
	for i := range out {
		name := fmt.Sprintf("C-%02d", i)
		out[i] = road{name, wiretest.New(id.Centre(name), uint64(i))}
	}
	return out
}

// next is a batch behind what is held.
func (r road) next(held uint64, records int) (wire.Batch, error) {
	r.upTo(held + uint64(records))
	c := r.chain
	return wire.Pack(c.Key, c.In, c.At(held), 0, c.Records(held+1, held+uint64(records)))
}

func (r road) upTo(seq uint64) {
	if head := r.chain.Head().Seq; head < seq {
		r.chain.Grow(int(seq - head))
	}
}

// judge compares what headquarters holds with what was sent, and with what it acknowledged.
func (r road) judge(held, acked chain.Position) error {
	if held.Seq < acked.Seq {
		return lost("%s: record %d was acknowledged, the newest held is %d", r.name, acked.Seq, held.Seq)
	}
	if r.upTo(held.Seq); held != r.chain.At(held.Seq) {
		return unsound("%s: %s is held, %s was sent", r.name, held, r.chain.At(held.Seq))
	}
	return nil
}

// archivist is the archive alone, which takes commands one after the other.
type archivist struct {
	Config
	*mouth
}

func (a *archivist) run(ctx context.Context) (err error) {
	archived, err := archive.Open(filepath.Join(a.Dir, "archive.db"), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, archived.Close()) }()
	if err := archived.Verify(ctx, nil); err != nil {
		return unsound("verify: %w", err)
	}
	all := roads()
	for _, r := range all {
		held := archived.Held(r.chain.In)
		if err := r.judge(held, a.Acked[r.name]); err != nil {
			return err
		}
		a.at(Opened, r.name, held)
	}
	return a.work(archived, all[:])
}

func (a *archivist) work(archived *archive.Archive, all []road) error {
	for n := 0; a.Stop == 0 || n < a.Stop; n++ {
		if err := a.turn(archived, all, n); err != nil {
			a.text(Leaves, err)
			return nil
		}
	}
	return nil
}

// turn is one commit with a batch of each chain.
func (a *archivist) turn(archived *archive.Archive, all []road, n int) error {
	var group []archive.Entry
	for i, r := range all {
		b, err := r.next(archived.Held(r.chain.In).Seq, 1+int((a.Seed+uint64(n+i))%batchMost))
		if err != nil {
			return err
		}
		frame, err := wire.Encode(b)
		if err != nil {
			return err
		}
		group = append(group, archive.Entry{Index: archived.Applied() + uint64(i) + 1, Key: r.chain.Public(), Batch: frame})
		if a.Early {
			a.at(Acked, r.name, r.chain.Head())
		}
	}
	out, err := archived.Apply(group)
	if err != nil {
		return err
	}
	for i, o := range out {
		if o.Err != nil {
			return o.Err
		}
		a.at(Acked, all[i].name, o.Held)
	}
	return nil
}
