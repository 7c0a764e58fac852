package registration

import (
	"errors"

	"markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/vault"
)

// codes turns what books, papers and the vault report into what people are told, the first that fits.
var codes = []desk.Coded{
	{Err: person.ErrKnown, Code: desk.PersonKnown},
	{Err: person.ErrForgotten, Code: desk.NobodyKnown},
	{Err: person.ErrUnknown, Code: desk.NobodyKnown},
	{Err: household.ErrUnknown, Code: desk.NobodyKnown},
	{Err: household.ErrForgotten, Code: desk.NobodyKnown},
	{Err: household.ErrFull, Code: desk.FamilyFull},
	{Err: civil.ErrNumberLetters, Code: desk.NumberLetters},
	{Err: civil.ErrNumberLength, Code: desk.NumberLength},
	{Err: civil.ErrNameLength, Code: desk.NameLength},
	{Err: civil.ErrNameLetters, Code: desk.NameLetters},
	{Err: civil.ErrBirthDate, Code: desk.BirthDate},
	{Err: civil.ErrBirthFuture, Code: desk.BirthFuture},
	{Err: civil.ErrBirthMonths, Code: desk.BirthMonths},
	{Err: civil.ErrSex, Code: desk.EntryShort},
	{Err: vault.ErrFull, Code: desk.BoxFull},
}

func told(err error) error { return desk.Told(err, codes) }

// Typed makes a refusal of what civil reports of something typed: what to do now, and nothing of what was typed.
func Typed(err error) *desk.Refusal {
	for _, c := range codes {
		if errors.Is(err, c.Err) {
			return desk.Refuse(c.Code)
		}
	}
	return refused(desk.EntryShort, err)
}

func refused(code string, cause error) *desk.Refusal {
	r := desk.Refuse(code)
	r.Cause = cause
	return r
}
