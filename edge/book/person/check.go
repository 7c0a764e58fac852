package person

import (
	"errors"
	"fmt"

	"markaz.example/edge/civil"
	"markaz.example/edge/vault"
)

// The fields that are sealed, and the one that is not, as records call them.
const (
	FieldName   = "name"
	FieldNumber = "number"
	FieldBirth  = "birth"
	FieldSex    = "sex"
)

// The kinds of numbers.
const (
	CNIC  = "cnic"   // of an identity card
	BForm = "b-form" // of a child, from a B-form or child registration certificate
)

// number is an identity number as a record has it: all three or none.
type number struct {
	kind   string
	sealed vault.Sealed
	mark   vault.Mark
}

func (n number) check() error {
	switch given := len(n.sealed) > 0; {
	case !given && n.kind == "" && len(n.mark) == 0:
		return nil
	case !given || len(n.mark) == 0 || n.kind != CNIC && n.kind != BForm:
		return fmt.Errorf("a number of kind %q with %d sealed bytes and a mark of %d: want all of them or none", n.kind, len(n.sealed), len(n.mark))
	}
	return errors.Join(n.sealed.Check(), n.mark.Check())
}

// checkBirth holds a birth date to its precision: both or none.
func checkBirth(sealed vault.Sealed, p civil.Precision) error {
	if len(sealed) == 0 && p == "" {
		return nil
	}
	if len(sealed) == 0 {
		return errors.New("a precision without a birth date")
	}
	return errors.Join(sealed.Check(), p.Check())
}

func checkName(sealed vault.Sealed) error {
	if len(sealed) == 0 {
		return errors.New("a person without a name")
	}
	return sealed.Check()
}

func checkCodes(codes []string) error {
	if len(codes) > codesMax {
		return fmt.Errorf("%d codes: %d at most", len(codes), codesMax)
	}
	for _, c := range codes {
		if err := checkCode(c); err != nil {
			return err
		}
	}
	return nil
}

// checkCode reports what is not 1 to 32 letters a-z, digits and hyphens.
func checkCode(s string) error {
	if s == "" || len(s) > wordBytesMax {
		return fmt.Errorf("a code of %d bytes: want 1 to %d", len(s), wordBytesMax)
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return fmt.Errorf("a code of %d bytes has other characters than a-z, digits and hyphens", len(s))
		}
	}
	return nil
}
