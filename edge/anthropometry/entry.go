package anthropometry

import (
	"slices"

	"markaz.example/edge/book/growth"
	"markaz.example/edge/book/reading"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Entry is what was read of a child at a desk.
type Entry struct {
	Readings growth.Readings // sex and age are the hall's to fill in
	Weighed  uint64          // the child was put on the scale after this record; 0: no scale took part
	Insist   string          // why it is kept although it is not plausible; empty: it is not
	Instead  uint64          // record of a measurement that this one takes the place of; 0 for none
}

// readings are an entry with what the hall knows: who it is, and what the scale said.
func (h *Hall) readings(src ledger.Source, v id.Visit, c Child, e Entry) growth.Readings {
	r := e.Readings
	r.Sex, r.Age = c.Sex, c.Age
	k, ok := weighed(src, v, e.Weighed)
	if !ok {
		return r
	}
	r.WeightsG = []uint32{k.Taken.Value}
	if k.Taken.How == reading.FromScale {
		r.WeightsG = nil
		for _, g := range k.Taken.Raw {
			r.WeightsG = append(r.WeightsG, uint32(g))
		}
	}
	r.Instruments = append(slices.Clone(r.Instruments), growth.Instrument{Name: k.Taken.Device})
	return r
}
