package post

import (
	"context"
	"fmt"

	"markaz.example/edge/id"
	"markaz.example/edge/letter"
	"markaz.example/sync/archive"
	"markaz.example/sync/office"
	"markaz.example/sync/wire"
)

// PoolOrder says how many there are of something scarce.
type PoolOrder struct {
	What  string `json:"what"`
	Total uint64 `json:"total"`
}

// Pool sets how many there are of something scarce. It reports ErrRefused when more is out.
func (d *Desk) Pool(ctx context.Context, o PoolOrder) (struct{}, error) {
	_, err := d.act(ctx, office.PoolSet(o))
	return struct{}{}, err
}

// LeaseOrder lends a centre so many of a pool.
type LeaseOrder struct {
	Centre id.Centre `json:"centre"`
	What   string    `json:"what"`
	Count  uint64    `json:"count"`
	Until  int64     `json:"until"` // milliseconds since 1970 UTC
}

// LeaseShown is a lease as people are told of it.
type LeaseShown struct {
	ID       id.Errand `json:"id"`
	Centre   id.Centre `json:"centre"`
	What     string    `json:"what"`
	From     uint64    `json:"from"`
	Count    uint64    `json:"count"` // out: drawn, or still to be drawn
	Until    int64     `json:"until"`
	Returned bool      `json:"returned"` // what was not drawn is back
}

// Grant lends. It reports ErrRefused when the pool has no so many in a row, and ErrNoChain.
func (d *Desk) Grant(ctx context.Context, o LeaseOrder) (LeaseShown, error) {
	nonce, err := d.chainOf(o.Centre)
	if err != nil {
		return LeaseShown{}, err
	}
	pool, err := d.pool(o.What)
	if err != nil {
		return LeaseShown{}, err
	}
	from, ok := pool.Gap(o.Count)
	if !ok || o.Count == 0 {
		return LeaseShown{}, fmt.Errorf("%w: no %d of %s are free in a row; %d of %d are out", ErrRefused, o.Count, o.What, pool.Out, pool.Total)
	}
	name, err := errand()
	if err != nil {
		return LeaseShown{}, err
	}
	c := letter.LeaseGranted{ID: name, What: o.What, From: from, Count: o.Count, Until: o.Until, Nonce: nonce}
	_, err = d.say(ctx, o.Centre, c, func(l wire.Letter) office.Act {
		return office.LeaseGranted{Centre: o.Centre, Lease: c, Number: l.Number, Wall: l.Wall, Signature: l.Signature}
	})
	return LeaseShown{ID: c.ID, Centre: o.Centre, What: c.What, From: c.From, Count: c.Count, Until: c.Until}, err
}

func (d *Desk) pool(what string) (office.Pool, error) {
	pools, err := office.Pools(d.view())
	if err != nil {
		return office.Pool{}, err
	}
	for _, p := range pools {
		if p.What == what {
			return p, nil
		}
	}
	return office.Pool{}, fmt.Errorf("%w: there is no pool of %q: set one first", ErrRefused, what)
}

// chainOf is the chain that a centre is lent to: the longest there is, of those that no other succeeds. It reports ErrNoChain.
func (d *Desk) chainOf(centre id.Centre) ([]byte, error) {
	var nonce []byte
	longest := uint64(0)
	for _, c := range archive.Heirless(d.Archive.Chains()) {
		if c.Incarnation.Centre == centre && c.Held.Seq > longest {
			nonce, longest = c.Incarnation.Nonce[:], c.Held.Seq
		}
	}
	if nonce == nil {
		return nil, fmt.Errorf("%s: %w", centre, ErrNoChain)
	}
	return nonce, nil
}

// PoolShown is a pool as people are told of it.
type PoolShown struct {
	What   string       `json:"what"`
	Total  uint64       `json:"total"`
	Out    uint64       `json:"out"`
	Leases []LeaseShown `json:"leases"`
}

// Pools are the pools with what is out of each.
func (d *Desk) Pools(context.Context, struct{}) ([]PoolShown, error) {
	pools, err := office.Pools(d.view())
	out := make([]PoolShown, 0, len(pools))
	for _, p := range pools {
		s := PoolShown{What: p.What, Total: p.Total, Out: p.Out}
		for _, l := range p.Leases {
			s.Leases = append(s.Leases, LeaseShown{l.ID, l.Centre, l.What, l.From, l.Count, l.Until, l.Returned})
		}
		out = append(out, s)
	}
	return out, err
}
