package post

import (
	"context"
	"fmt"
	"io"
	"slices"

	"markaz.example/edge/id"
	"markaz.example/edge/letter"
	"markaz.example/edge/pack"
	"markaz.example/sync/office"
)

// PackShown is a pack as people are told of it.
type PackShown struct {
	Name    string `json:"name"`
	Version uint64 `json:"version"`
	Kind    string `json:"kind"`
	Size    uint64 `json:"size"`
	Digest  string `json:"digest"`
	Made    int64  `json:"made"`  // milliseconds since 1970 UTC
	Whole   bool   `json:"whole"` // published to its end
}

// Publish keeps a pack's file at headquarters, in pieces. Broken off, it goes on where it stood when called again. The
// file must be signed by the key whose letters will offer it. It reports what package pack does, and ErrRefused.
func (d *Desk) Publish(ctx context.Context, file io.Reader) (PackShown, error) {
	if len(d.Key) == 0 {
		return PackShown{}, ErrNoKey
	}
	s, m, content, err := pack.Decode(file)
	if err != nil {
		return PackShown{}, err
	}
	if _, err := s.Open(d.public()); err != nil {
		return PackShown{}, err
	}
	got, err := d.act(ctx, office.PackBegun(s))
	if err != nil {
		return PackShown{}, err
	}
	have := office.Number(got.Body)
	for i, piece := range slices.Collect(slices.Chunk(content, office.PieceBytes)) {
		if uint64(i) < have {
			continue
		}
		if _, err := d.act(ctx, office.PackPiece{Name: m.Name, Version: m.Version, Index: uint64(i), Bytes: piece}); err != nil {
			return PackShown{}, fmt.Errorf("publish piece %d: %w", i, err)
		}
	}
	return shown(office.Pack{Manifest: m, Whole: true}), nil
}

// PackOrder names a pack and the centres it is for.
type PackOrder struct {
	Name    string      `json:"name"`
	Version uint64      `json:"version"`
	Centres []id.Centre `json:"centres"`
}

// Offer tells centres of a pack. It reports ErrRefused for one that is not whole.
func (d *Desk) Offer(ctx context.Context, o PackOrder) (struct{}, error) {
	p, err := d.pack(o)
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, d.tell(ctx, o.Centres, letter.PackOffered(p.Signed))
}

// RollBack orders centres back to an older version. It reports ErrRefused for one that is not whole.
func (d *Desk) RollBack(ctx context.Context, o PackOrder) (struct{}, error) {
	p, err := d.pack(o)
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, d.tell(ctx, o.Centres, letter.PackRolledBack(p.Signed))
}

// Drop takes a pack away from headquarters. Boxes keep what they have.
func (d *Desk) Drop(ctx context.Context, o PackOrder) (struct{}, error) {
	_, err := d.act(ctx, office.PackDropped{Name: o.Name, Version: o.Version})
	return struct{}{}, err
}

// Packs are the packs that headquarters keeps.
func (d *Desk) Packs(context.Context, struct{}) ([]PackShown, error) {
	all, err := office.Packs(d.view())
	out := make([]PackShown, 0, len(all))
	for _, p := range all {
		out = append(out, shown(p))
	}
	return out, err
}

func (d *Desk) pack(o PackOrder) (office.Pack, error) {
	all, err := office.Packs(d.view())
	if err != nil {
		return office.Pack{}, err
	}
	for _, p := range all {
		if p.Name == o.Name && p.Version == o.Version && p.Whole {
			return p, nil
		}
	}
	return office.Pack{}, fmt.Errorf("%w: %s %d is not published: publish it first", ErrRefused, o.Name, o.Version)
}

func (d *Desk) tell(ctx context.Context, centres []id.Centre, c letter.Content) error {
	for _, centre := range centres {
		if _, err := d.say(ctx, centre, c, posted(centre)); err != nil {
			return fmt.Errorf("%s: %w", centre, err)
		}
	}
	return nil
}

func shown(p office.Pack) PackShown {
	return PackShown{p.Name, p.Version, p.Kind, p.Size, p.Digest.String(), p.Wall, p.Whole}
}
