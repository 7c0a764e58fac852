package household

import (
	"context"
	"errors"
	"strconv"

	book "markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/registration"
	"markaz.example/edge/web/page"
)

// householdPage is the struct of household.tmpl.
type householdPage struct {
	Desk    string
	Visit   string // hidden in each form, so that it is never recorded for whoever came meanwhile
	Token   string // empty when nobody is served
	Service page.Name
	Family  *family
	Do      string // what the form is for: "find", "mother", "child", "correct"; empty for none
	Form    form
	Doubts  []string // to be confirmed
	Found   *family  // by a number that was typed
	Shown   *shown
	Refusal *page.Refusal
	Back    int // seconds until the page hides who is shown
}

// family is a household on the page.
type family struct {
	ID      string
	Visits  int
	Here    bool
	Members []member
}

// member is a line of the card.
type member struct {
	Person     string
	As         string
	Sex        string
	Name       string
	Number     string
	Age        string // key of a text: "household.months"; empty without a birth date
	AgeCount   int
	Precision  string
	NumberKind string
	Closed     bool
	ToRegister bool // a child without a number: NADRA registers it
}

// shown is a person unmasked.
type shown struct {
	Person, Name, Number, Birth string
	Precision                   string
	Hidden                      []hidden
}

// hidden is what the role of whoever looks may not see.
type hidden struct{ Field, Masked string }

func (h *Household) page(ctx context.Context, at id.Desk) (householdPage, error) {
	p := householdPage{Desk: string(at), Back: shownSeconds}
	r, err := h.registry.Desk(ctx, at)
	if errors.Is(err, desk.Refuse(desk.NobodyServed)) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p.Visit, p.Token, p.Service = string(r.Visit), string(r.Token), page.Name{Ur: r.Service.NameUr, En: r.Service.NameEn}
	if r.Family != nil {
		p.Family = familyOf(*r.Family)
	}
	p.open("", "")
	return p, nil
}

// open chooses the form: that asked for, where the state allows it, else the first that is of use.
func (p *householdPage) open(do string, of id.Person) {
	switch {
	case p.Token == "":
		p.Do = ""
	case p.Family == nil && do == "mother":
		p.Do, p.Form = "mother", form{As: book.Mother, Sex: "female", NumberKind: person.CNIC}
	case p.Family == nil || do == "find":
		p.Do = "find"
	case do == "child":
		p.Do, p.Form = "child", form{As: book.Child, NumberKind: person.BForm}
	case do == "adult":
		p.Do, p.Form = "adult", form{As: book.Member, NumberKind: person.CNIC}
	case do == "correct" && p.Family.has(of):
		p.Do, p.Form = "correct", form{Person: string(of), What: person.FieldName, NumberKind: person.CNIC}
	default:
		p.Do = ""
	}
}

func (f *family) has(p id.Person) bool {
	for _, m := range f.Members {
		if m.Person == string(p) {
			return true
		}
	}
	return false
}

func familyOf(f registration.Family) *family {
	out := &family{ID: string(f.ID), Visits: f.Visits, Here: f.Here}
	for _, m := range f.Members {
		line := member{
			Person: string(m.Person), As: m.As, Sex: string(m.Sex), Name: m.Name, Number: m.Number, NumberKind: m.NumberKind,
			Precision: string(m.Precision), Closed: m.Closed, ToRegister: m.As == book.Child && m.NumberKind == "" && !m.Closed,
		}
		line.Age, line.AgeCount = ageOf(m.Months)
		out.Members = append(out.Members, line)
	}
	return out
}

// monthsShown is up to what age people count in months.
const monthsShown = 24

func ageOf(months int) (key string, count int) {
	switch {
	case months < 0:
		return "", 0
	case months < monthsShown:
		return "household.months", months
	}
	return "household.years", months / 12
}

func shownOf(s registration.Shown) *shown {
	out := &shown{
		Person: string(s.Person), Name: s.Name.Text(), Number: s.Number.Written(), Birth: s.Birth.Date(), Precision: string(s.Birth.Precision()),
	}
	for _, f := range s.Hidden {
		out.Hidden = append(out.Hidden, hidden{string(f.Field), f.Masked})
	}
	if s.Birth.Precision() == civil.Month { // the day was never told
		out.Birth = out.Birth[:len("2025-03")]
	}
	return out
}

// Places are those of an adult who joins a family.
func (householdPage) Places() []string {
	return []string{book.Mother, book.Father, book.Guardian, book.Member}
}

// Fields are what can be corrected.
func (householdPage) Fields() []string {
	return []string{person.FieldName, person.FieldNumber, person.FieldBirth, person.FieldSex}
}

// Reasons are why something is corrected.
func (householdPage) Reasons() []string { return registration.CorrectReasons() }

// Counted is a number for a text.
func (m member) Counted() string { return strconv.Itoa(m.AgeCount) }
