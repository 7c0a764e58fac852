package post

import (
	"context"
	"crypto/ed25519"
	"sync"
	"time"

	"markaz.example/edge/id"
	"markaz.example/sync/office"
	"markaz.example/sync/wire"
)

// Carrier gives the links what they carry down. It is ingest.Post. Make it with NewCarrier; Run must run.
type Carrier struct {
	desk *Desk

	mu      sync.Mutex
	changed chan struct{}     // guarded by mu: closed and replaced when somebody has post
	newest  map[string]uint64 // guarded by mu, never changed: by pack, the newest version that is published
}

// NewCarrier makes the carrier of a desk.
func NewCarrier(d *Desk) *Carrier { return &Carrier{desk: d, changed: make(chan struct{})} }

// Letters are the letters to a centre after a number, in order, at most limit.
func (c *Carrier) Letters(centre id.Centre, after uint64, limit int) ([]wire.Letter, error) {
	return office.Letters(c.desk.view(), centre, after, limit)
}

// Piece answers a box that fetches.
func (c *Carrier) Piece(f wire.Fetch) (wire.Piece, error) { return office.Piece(c.desk.view(), f) }

// SignTime is headquarters' word for the time; nil without a post key.
func (c *Carrier) SignTime(n wire.Nonce, wall int64) []byte {
	if len(c.desk.Key) == 0 {
		return nil
	}
	return wire.SignTime(c.desk.Key, n, wall)
}

// Posted is closed when somebody has new post.
func (c *Carrier) Posted() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

// Newest is the newest published version of each pack, by name, as at the last look. The caller does not change it.
func (c *Carrier) Newest() map[string]uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.newest
}

// Run looks for post and for packs until the context ends: also what another node took is found in this node's archive.
func (c *Carrier) Run(ctx context.Context) error {
	tick := time.NewTicker(postedLook)
	defer tick.Stop()
	var applied, posted uint64
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if now := c.desk.Archive.Applied(); now != applied {
			applied = now
			posted = c.look(posted)
			c.count()
		}
	}
}

// count takes stock of the packs.
func (c *Carrier) count() {
	all, err := office.Packs(c.desk.view())
	if err != nil {
		c.desk.Log.Error("look for packs", "err", err)
		return
	}
	newest := map[string]uint64{}
	for _, p := range all {
		if p.Whole {
			newest[p.Name] = max(newest[p.Name], p.Version)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.newest = newest
}

func (c *Carrier) look(before uint64) uint64 {
	now, err := office.Posted(c.desk.view())
	if err != nil {
		c.desk.Log.Error("look for post", "err", err)
		return before
	}
	if now != before {
		c.mu.Lock()
		close(c.changed)
		c.changed = make(chan struct{})
		c.mu.Unlock()
	}
	return now
}

// public is the half of the post key that boxes know.
func (d *Desk) public() ed25519.PublicKey { return d.Key.Public().(ed25519.PublicKey) }
