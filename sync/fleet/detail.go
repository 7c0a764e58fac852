package fleet

import (
	"encoding/hex"
	"strings"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
)

// Detail is all that is known of one centre.
type Detail struct {
	At       time.Time       `json:"at"`
	Centre   Centre          `json:"centre"`
	Chains   []Chain         `json:"chains"`
	Refusals []Refusal       `json:"refusals,omitempty"` // newest first
	Trail    []Sample        `json:"trail,omitempty"`    // the last hour, newest last
	Newest   []RecordSummary `json:"newest,omitempty"`   // newest first, of the chain shown
	Damaged  string          `json:"damaged,omitempty"`  // why the newest records could not be read
}

// Chain is one history of a centre.
type Chain struct {
	Incarnation string `json:"incarnation"`
	Shown       bool   `json:"shown"` // the one that the centre's figures are of
	Key         string `json:"key"`   // signs its checkpoints; hex
	Held        uint64 `json:"held"`
	Branches    int    `json:"branches"` // settled ones too
	Forks       []Fork `json:"forks,omitempty"`
	Poison      Poison `json:"poison"`

	Succeeds string `json:"succeeds,omitempty"` // the chain whose records it goes on after
	After    uint64 `json:"after,omitempty"`    // the last of them
	Lost     uint64 `json:"lost,omitempty"`     // what is held of that one behind it: its box does not have them
}

// Settle is the command by which a person settles a branch: keep is "held" or "branch". A test of cmd/markaz-hq holds
// that it is one.
func (c Chain) Settle(branch, keep string) string {
	centre, _, _ := strings.Cut(c.Incarnation, "/")
	return "markaz-hq fork settle " + centre + " " + branch + " --keep " + keep + " --who NAME --why REASON"
}

// Detail tells all about one centre; false when it is not on the roster.
func (f *Fleet) Detail(code id.Centre) (Detail, bool) {
	c, ok := f.roster.Centre(code)
	if !ok {
		return Detail{}, false
	}
	d := f.describer(f.now())
	out := Detail{At: d.now, Centre: d.centre(c)}
	f.mu.Lock()
	l, _ := f.known(code, d.now)
	f.mu.Unlock()
	out.Refusals, out.Trail = l.refusals, l.trail
	for _, k := range d.chains[code] {
		c := d.chain(k, out.Centre)
		if k.Incarnation.After > 0 {
			c.Succeeds, c.After, c.Lost = k.Of.String(), k.At.Seq, lost(k, d.chains[code])
		}
		out.Chains = append(out.Chains, c)
		if k.Incarnation.String() == out.Centre.Incarnation && f.Sources.Records != nil {
			out.addNewest(f.Sources, k)
		}
	}
	return out, true
}

func (d describer) chain(k archive.Chain, c Centre) Chain {
	out := Chain{
		Incarnation: k.Incarnation.String(), Shown: k.Incarnation.String() == c.Incarnation,
		Key: hex.EncodeToString(k.Key), Held: k.Held.Seq, Branches: len(k.Branches),
	}
	if d.Sources.Forks != nil && len(k.Branches) > 0 {
		out.Forks = d.Sources.Forks(k.Incarnation)
	}
	if d.Sources.Poison != nil {
		out.Poison = d.Sources.Poison(k.Incarnation)
	}
	return out
}

// addNewest reads the headers of the newest records. A record that cannot be read is passed over: Poison counts it.
func (out *Detail) addNewest(s Sources, k archive.Chain) {
	after := k.Held.Seq - min(k.Held.Seq, newestMax)
	for stored, err := range s.Records(k.Incarnation, after) {
		if err != nil {
			out.Damaged = clip(err.Error(), detailRunes)
			return
		}
		if r, err := chain.Decode(stored.Bytes); err == nil {
			head := RecordSummary{Seq: r.Seq, Kind: string(r.Kind), Actor: r.Actor, Subject: r.Subject, Wall: r.Stamp.Wall}
			out.Newest = append([]RecordSummary{head}, out.Newest[:min(len(out.Newest), newestMax-1)]...)
		}
	}
}
