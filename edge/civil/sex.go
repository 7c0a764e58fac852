package civil

import "errors"

// Sex is what growth tables and cards tell apart.
type Sex string

// The sexes, as records have them. Other is for cards that say so; growth has no table for it.
const (
	Female Sex = "female"
	Male   Sex = "male"
	Other  Sex = "other"
)

// ErrSex is reported for anything else.
var ErrSex = errors.New("choose female, male or other")

// Check reports ErrSex.
func (s Sex) Check() error {
	if s == Female || s == Male || s == Other {
		return nil
	}
	return ErrSex
}
