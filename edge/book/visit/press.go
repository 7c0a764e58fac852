package visit

import (
	"fmt"
	"slices"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// pressed is what a desk pressed last, with every visit as it was before. It holds all that one decision of the desk
// recorded, so that a mistake is taken back whole.
type pressed struct {
	First  uint64       `cbor:"1,keyasint"` // its first record
	Kind   string       `cbor:"2,keyasint"` // of that record, or of the outcome that it follows from
	At     Moment       `cbor:"3,keyasint"`
	Visits []touched    `cbor:"4,keyasint"`
	Shown  []uint64     `cbor:"5,keyasint"` // calls on the hall screen
	Called []id.Service `cbor:"6,keyasint"` // services whose calls it counted
}

type touched struct {
	Before Visit  `cbor:"1,keyasint"`
	After  uint64 `cbor:"2,keyasint"` // record that changed it last
}

// press projects what a desk did to a visit; with says that it belongs to what the desk did last.
func press(v ledger.View, h chain.Header, d id.Desk, with bool, change func(*Visit, Moment)) error {
	before, err := altered(v, h, change)
	if err != nil {
		return err
	}
	var p pressed
	if with {
		get(v.Reader, pressKey(d), &p)
		p.call(h.Kind)
	} else {
		at, err := moment(v, h)
		if err != nil {
			return err
		}
		p = pressed{First: h.Seq, Kind: string(h.Kind), At: at}
	}
	p.touch(before, h.Seq)
	return put(v, pressKey(d), p)
}

// call names a press after what the desk meant: a stop that follows from an outcome is recorded before that outcome.
func (p *pressed) call(kind chain.Kind) {
	if p.Kind == string(StopAdded{}.Kind()) {
		p.Kind = string(kind)
	}
}

func (p *pressed) touch(before Visit, after uint64) {
	if i := p.of(before.ID); i >= 0 {
		p.Visits[i].After = after
		return
	}
	p.Visits = append(p.Visits, touched{before, after})
}

func (p *pressed) of(v id.Visit) int {
	return slices.IndexFunc(p.Visits, func(t touched) bool { return t.Before.ID == v })
}

// noteCall remembers what a call did beside the visit.
func noteCall(v ledger.View, d id.Desk, seq uint64, s id.Service) error {
	var p pressed
	get(v.Reader, pressKey(d), &p)
	p.Shown, p.Called = append(p.Shown, seq), append(p.Called, s)
	return put(v, pressKey(d), p)
}

// noteRecall keeps a call takable back that was repeated meanwhile.
func noteRecall(v ledger.View, d id.Desk, who id.Visit, earlier, seq uint64) error {
	var p pressed
	get(v.Reader, pressKey(d), &p)
	i := p.of(who)
	if i < 0 {
		return nil
	}
	p.Visits[i].After = seq
	if j := slices.Index(p.Shown, earlier); j >= 0 {
		p.Shown[j] = seq
	}
	return put(v, pressKey(d), p)
}

// Undone records that a desk took back its last press: every visit that it changed is as it was before.
type Undone struct {
	Desk  id.Desk `cbor:"1,keyasint"`
	First uint64  `cbor:"2,keyasint"` // the first record of that press
}

// Kind is visit.undone/1.
func (Undone) Kind() chain.Kind { return "visit.undone/1" }

// Check reports a desk that cannot be, or no press.
func (e Undone) Check() error {
	if e.First == 0 {
		return fmt.Errorf("desk %s takes back no press", e.Desk)
	}
	return e.Desk.Check()
}

func (e Undone) project(v ledger.View, h chain.Header) error {
	var p pressed
	if get(v.Reader, pressKey(e.Desk), &p); p.First != e.First {
		return fmt.Errorf("desk %s takes back the press of record %d, its last is of record %d", e.Desk, e.First, p.First)
	}
	if _, err := moment(v, h); err != nil {
		return err
	}
	// All leave their places before anyone takes one: two may have followed each other at the desk.
	now := make([]Visit, len(p.Visits))
	for i, t := range p.Visits {
		var err error
		if now[i], err = load(v, string(t.Before.ID)); err != nil {
			return err
		}
		if err := unplace(v, &now[i]); err != nil {
			return err
		}
	}
	for i, t := range p.Visits {
		t.Before.Changed, t.Before.Code = h.Seq, now[i].Code // a new paper stays in force: the old one leads nowhere
		if err := place(v, &now[i], &t.Before); err != nil {
			return err
		}
	}
	return forget(v, e.Desk, p)
}

// forget takes back what a press did beside its visits, and the press.
func forget(v ledger.View, d id.Desk, p pressed) error {
	for _, seq := range p.Shown {
		if err := v.Delete(seqKey(callPrefix, seq)); err != nil {
			return err
		}
	}
	for _, s := range p.Called {
		if err := putCalls(v, s, calls(v.Reader, s)-1); err != nil {
			return err
		}
	}
	return v.Delete(pressKey(d))
}

// Press is a desk's last press.
type Press struct {
	First  uint64 // its first record
	Kind   chain.Kind
	At     clock.Stamp
	Visits []id.Visit // that it changed
	Before []Visit    // as those are when it is taken back
}

// Aside are those that no desk has in hand when the press is taken back.
func (p Press) Aside() (some []Visit) {
	for _, v := range p.Before {
		if !v.Stop().State.atDesk() {
			some = append(some, v)
		}
	}
	return some
}

// LastPress is a desk's last press; ok is false when there is none, or when somebody else changed a visit since.
func LastPress(src ledger.Source, d id.Desk) (p Press, ok bool) {
	r := src.Reader(Name)
	var last pressed
	if !get(r, pressKey(d), &last) {
		return p, false
	}
	p = Press{First: last.First, Kind: chain.Kind(last.Kind), At: last.At.Stamp()}
	for _, t := range last.Visits {
		now, _ := read(r, t.Before.ID)
		if now.Changed != t.After {
			return p, false
		}
		p.Visits, p.Before = append(p.Visits, now.ID), append(p.Before, t.Before)
	}
	return p, true
}

// Undo takes back a desk's last press. It reports ErrMoved when there is none, or somebody else changed a visit since.
func Undo(tx *ledger.Tx, d id.Desk) error {
	p, ok := LastPress(tx, d)
	if !ok {
		return fmt.Errorf("desk %s: %w", d, ErrMoved)
	}
	return tx.Append(string(p.Visits[0]), Undone{Desk: d, First: p.First})
}
