package visit

import "markaz.example/edge/ledger"

// Tally counts the visits of a business day. Asked is the sum of NotInHand and what follows it.
type Tally struct {
	Day    string `cbor:"-"`
	Asked  int    `cbor:"1,keyasint"` // numbers given
	Issued int    `cbor:"2,keyasint"` // of them, paper confirmed

	NotInHand int `cbor:"3,keyasint"` // made, paper not confirmed, not left
	Waiting   int `cbor:"4,keyasint"`
	Called    int `cbor:"5,keyasint"`
	Serving   int `cbor:"6,keyasint"`
	Done      int `cbor:"7,keyasint"`
	NoShow    int `cbor:"8,keyasint"`
	Left      int `cbor:"9,keyasint"`
	Hold      int `cbor:"10,keyasint"`
	Parked    int `cbor:"11,keyasint"`
	Cancelled int `cbor:"12,keyasint"`
	Failed    int `cbor:"13,keyasint"`
	Carried   int `cbor:"14,keyasint"` // went over into the next day, whose figures have them
}

func retally(v ledger.View, before, after *Visit) error {
	if before != nil && before.Day != after.Day {
		old := tally(v.Reader, before.Day)
		*old.of(before.State())--
		old.Carried++
		if err := put(v, tallyKey(before.Day), old); err != nil {
			return err
		}
		before = nil
	}
	t := tally(v.Reader, after.Day)
	if before == nil {
		t.Asked++
	} else {
		*t.of(before.State())--
	}
	if after.InHand && (before == nil || !before.InHand) {
		t.Issued++
	}
	*t.of(after.State())++
	return put(v, tallyKey(after.Day), t)
}

func (t *Tally) of(s State) *int {
	switch s {
	case StatePlanned:
		return &t.NotInHand
	case StateWaiting:
		return &t.Waiting
	case StateCalled:
		return &t.Called
	case StateServing:
		return &t.Serving
	case StateDone:
		return &t.Done
	case StateNoShow:
		return &t.NoShow
	case StateLeft:
		return &t.Left
	case StateHold:
		return &t.Hold
	case StateParked:
		return &t.Parked
	case StateCancelled:
		return &t.Cancelled
	case StateFailed:
		return &t.Failed
	}
	panic("BUG: no such state: " + string(s))
}
