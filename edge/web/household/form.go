package household

import (
	"net/url"
	"slices"
	"strings"
	"time"

	book "markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	"markaz.example/edge/civil"
	"markaz.example/edge/registration"
)

// form is what was typed, to be shown again beside a refusal.
type form struct {
	As, Name, Sex            string
	Number, NumberKind       string
	Day, Month, Year, Months string
	Person, What, Reason     string
	confirmed                []string
}

func formOf(v url.Values) form {
	get := func(key string) string { return cut(v.Get(key)) }
	return form{
		As: get("as"), Name: get("name"), Sex: get("sex"), Number: get("number"), NumberKind: get("kind"),
		Day: get("day"), Month: get("month"), Year: get("year"), Months: get("months"),
		Person: get("person"), What: get("what"), Reason: get("reason"), confirmed: v["confirm"],
	}
}

// cut bounds a text and keeps it one that can be written into a page.
func cut(s string) string { return strings.ToValidUTF8(s[:min(len(s), typedBytesMax)], "") }

// entry is the person that was typed. It reports what civil reports.
func (f form) entry(today time.Time) (e registration.Registrant, err error) {
	e = registration.Registrant{As: f.As, Sex: civil.Sex(f.Sex), Confirmed: f.confirmed}
	if !slices.Contains([]string{book.Mother, book.Father, book.Guardian, book.Child, book.Member}, f.As) {
		return e, civil.ErrSex
	}
	if e.Name, err = civil.ParseName(f.Name); err != nil {
		return e, err
	}
	if err = e.Sex.Check(); err != nil {
		return e, err
	}
	if e.Number, e.NumberKind, err = f.number(); err != nil {
		return e, err
	}
	e.Birth, err = f.birth(today)
	return e, err
}

// number is none when nothing was typed.
func (f form) number() (civil.Number, string, error) {
	if strings.TrimSpace(f.Number) == "" {
		return civil.Number{}, "", nil
	}
	n, err := civil.ParseNumber(f.Number)
	kind := person.CNIC
	if f.NumberKind == person.BForm {
		kind = person.BForm
	}
	return n, kind, err
}

// birth is a date, an age in months, or none when nothing was typed. Both at once are not guessed between.
func (f form) birth(today time.Time) (civil.Birth, error) {
	date, months := strings.TrimSpace(f.Day+f.Month+f.Year) != "", strings.TrimSpace(f.Months) != ""
	switch {
	case date && months:
		return civil.Birth{}, civil.ErrBirthDate
	case date:
		return civil.ParseBirth(f.Year, f.Month, f.Day, today)
	case months:
		return civil.EstimateBirth(f.Months, today)
	}
	return civil.Birth{}, nil
}

// correction is the one field that is to be another. It reports what civil reports.
func (f form) correction(today time.Time) (c registration.Correction, err error) {
	c = registration.Correction{What: f.What, Reason: f.Reason, Confirmed: f.confirmed}
	switch f.What {
	case person.FieldName:
		c.Name, err = civil.ParseName(f.Name)
	case person.FieldNumber:
		c.Number, c.NumberKind, err = f.number()
	case person.FieldBirth:
		c.Birth, err = f.birth(today)
	case person.FieldSex:
		c.Sex = civil.Sex(f.Sex)
	}
	return c, err
}
