package letter

import (
	"errors"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
)

// DiagnosisAsked asks the people of a centre to let headquarters look into their box.
type DiagnosisAsked struct {
	ID  id.Errand `cbor:"1,keyasint"`
	Who string    `cbor:"2,keyasint"` // asks: a name or an office
	Why string    `cbor:"3,keyasint"`
}

// Kind is diagnosis.asked/1.
func (DiagnosisAsked) Kind() chain.Kind { return "diagnosis.asked/1" }

// Check reports a question without a reason: nobody should allow one.
func (c DiagnosisAsked) Check() error {
	return errors.Join(c.ID.Check(), checkText("who", c.Who, whoBytesMax), checkText("why", c.Why, whyBytesMax))
}
