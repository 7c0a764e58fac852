package visit

import (
	"math"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/ledger"
)

// axis is the newest moment that the view knows, from which others are counted. Inside a boot the axis runs with the
// counter that only rises. From one boot to the next it runs by the wall clock when both boots' clocks may be trusted, and
// otherwise only as long as the new boot lasts: so nobody's wait shrinks, and a clock that jumps moves nobody.
type axis struct {
	Boot  uint64 `cbor:"1,keyasint"`
	Base  int64  `cbor:"2,keyasint"` // axis = Base + mono, in this boot
	Mono  uint64 `cbor:"3,keyasint"`
	Wall  int64  `cbor:"4,keyasint"`
	Grade uint8  `cbor:"5,keyasint"`
}

// gapMsMax bounds what two wall clocks may add between boots: a long holiday. More is a clock that was set wrong.
const gapMsMax = 14 * 24 * 60 * 60 * 1000

func readAxis(r ledger.Reader) (a axis) {
	get(r, axisKey, &a)
	return a
}

// to is the axis brought up to a stamp.
func (a axis) to(s clock.Stamp) axis {
	next := axis{s.Boot, a.Base, s.Mono, s.Wall, uint8(s.Grade)}
	if s.Boot == a.Boot {
		return next
	}
	gap := int64(min(s.Mono, math.MaxInt64/2))
	if wall := s.Wall - a.Wall; s.Grade >= clock.RTC && clock.Grade(a.Grade) >= clock.RTC && wall <= gapMsMax {
		gap = max(gap, wall)
	}
	next.Base = a.at() + gap - int64(s.Mono)
	return next
}

func (a axis) at() int64 { return a.Base + int64(a.Mono) }

// Now is the present on the axis of a decision's visits, in milliseconds.
func Now(tx *ledger.Tx) int64 { return AxisOf(tx, tx.Now()) }

// AxisOf is a stamp not older than the newest record, on the axis of the visits, in milliseconds.
func AxisOf(src ledger.Source, s clock.Stamp) int64 { return readAxis(src.Reader(Name)).to(s).at() }

// moment is the place and time of a record that is being projected.
func moment(v ledger.View, h chain.Header) (Moment, error) {
	a := readAxis(v.Reader).to(h.Stamp)
	m := Moment{h.Seq, h.Stamp.Boot, h.Stamp.Mono, h.Stamp.Wall, uint8(h.Stamp.Grade), a.at()}
	return m, put(v, axisKey, a)
}
