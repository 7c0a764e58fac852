// Package wiretest makes chains of records for the tests of the road: a centre's days, drawn from a seed.
package wiretest

import (
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
)

// Chain is a box's history in memory. It is not for several goroutines.
type Chain struct {
	In      chain.Incarnation
	Key     ed25519.PrivateKey
	random  *rand.Rand
	records [][]byte
	at      []chain.Position // at[i] is the position of record i; at[0] the start
}

// New begins the history of a centre. The same centre and seed give the same incarnation, key and records.
func New(centre id.Centre, seed uint64) *Chain {
	c := &Chain{random: rand.New(rand.NewPCG(seed, 0))}
	c.In.Centre = centre
	binary.BigEndian.PutUint64(c.In.Nonce[:], c.random.Uint64())
	var keySeed [ed25519.SeedSize]byte
	binary.BigEndian.PutUint64(keySeed[:], c.random.Uint64())
	c.Key = ed25519.NewKeyFromSeed(keySeed[:])
	c.at = []chain.Position{c.In.Start()}
	return c
}

// Public is the key that checks the chain's checkpoints.
func (c *Chain) Public() ed25519.PublicKey { return c.Key.Public().(ed25519.PublicKey) }

// Grow appends records of some 400 bytes.
func (c *Chain) Grow(n int) {
	for range n {
		c.Append(c.visit())
	}
}

// Append adds one record of the given body.
func (c *Chain) Append(body any) {
	b, err := chain.EncodeBody(body)
	if err != nil {
		panic("BUG: body of a test record: " + err.Error())
	}
	seq := uint64(len(c.at))
	c.AppendRecord(chain.Header{
		Stamp: clock.Stamp{
			Boot: 1 + seq/5000, Mono: 9000 * seq, Wall: 1_767_225_600_000 + int64(seq)*9000 + c.random.Int64N(9000),
			Grade: clock.Network,
		},
		Kind: "visit.opened/1", Actor: fmt.Sprintf("kiosk/%d", 1+c.random.IntN(3)), Subject: c.name(),
	}, b)
}

// AppendRecord adds one record with the next sequence, the rest of its header and its body as they are given.
func (c *Chain) AppendRecord(h chain.Header, body []byte) {
	h.Seq = uint64(len(c.at))
	r, err := chain.Encode(chain.Record{Header: h, Body: body})
	if err != nil {
		panic("BUG: test record: " + err.Error())
	}
	next, _, err := c.Head().Follow(r)
	if err != nil {
		panic("BUG: test chain: " + err.Error())
	}
	c.records, c.at = append(c.records, r), append(c.at, next)
}

// visit is a body with what a visit carries: a number, stops, a code, and fields of text that repeat as they do in life.
func (c *Chain) visit() map[int]any {
	services := []string{"kafaalat", "nashonuma", "taleemi-wazaif", "survey", "complaint", "payment"}
	stops := make([]map[int]any, 1+c.random.IntN(2))
	for i := range stops {
		stops[i] = map[int]any{1: services[c.random.IntN(len(services))], 2: "waiting", 3: string(rune('A' + c.random.IntN(6)))}
	}
	return map[int]any{
		1: fmt.Sprintf("%c%03d", 'A'+rune(c.random.IntN(6)), 1+c.random.IntN(999)), 2: stops, 3: c.name(),
		4: "mother with children, came on foot, has been here before", 5: 1 + c.random.IntN(6),
		6: "ur-Arab-PK", 7: "printed on front-desk printer, confirmed by status after cut",
		8: c.random.Uint32(), 9: "no special need declared; ordinary class; seated in hall two",
	}
}

func (c *Chain) name() string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	b := make([]byte, 16)
	for i := range b {
		b[i] = letters[c.random.IntN(len(letters))]
	}
	return string(b)
}

// Head is the newest position.
func (c *Chain) Head() chain.Position { return c.at[len(c.at)-1] }

// At is the position of a record, or the start for 0.
func (c *Chain) At(seq uint64) chain.Position { return c.at[seq] }

// Records are those from..to, both included, as stored.
func (c *Chain) Records(from, to uint64) [][]byte { return c.records[from-1 : to] }

// Truncate forgets everything after a record, as a restored backup does. What grows then differs from what was.
func (c *Chain) Truncate(seq uint64) {
	c.records, c.at = c.records[:seq:seq], c.at[:seq+1:seq+1]
}

// Clone is a copy that draws its future from another seed.
func (c *Chain) Clone(seed uint64) *Chain {
	return &Chain{
		In: c.In, Key: c.Key, random: rand.New(rand.NewPCG(seed, 1)),
		records: slices.Clip(slices.Clone(c.records)), at: slices.Clip(slices.Clone(c.at)),
	}
}
