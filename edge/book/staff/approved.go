package staff

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Approved records that the subject, as a second person, stood by and let an act of somebody else pass. It stands in the
// same decision as the act.
type Approved struct {
	Act   Act      `cbor:"1,keyasint"`
	About string   `cbor:"2,keyasint"` // the subject of the act's own record: a visit, a print job, a person
	Place Place    `cbor:"3,keyasint"` // where it was done
	Asked id.Staff `cbor:"4,keyasint"` // who did it
}

// Kind is staff.approved/1.
func (Approved) Kind() chain.Kind { return "staff.approved/1" }

// Check reports an act, a place or a person that is none.
func (e Approved) Check() error {
	var about error
	if e.About == "" || len(e.About) > aboutBytesMax || !utf8.ValidString(e.About) {
		about = fmt.Errorf("about %d bytes: want 1 to %d", len(e.About), aboutBytesMax)
	}
	return errors.Join(CheckWord("act", string(e.Act)), about, e.Place.Check(), e.Asked.Check())
}

func (e Approved) project(v ledger.View, h chain.Header) error {
	if err := proved(v, h, e.Place); err != nil {
		return err
	}
	return note(v, h, Noted{What: NotedApproved, Place: e.Place, Detail: string(e.Act), About: e.About, Asked: e.Asked})
}
