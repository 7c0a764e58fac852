package desk

import (
	"errors"
	"fmt"
	"slices"

	"markaz.example/edge/id"
)

// Catalogue is what a centre offers and where. It does not change while the box runs.
type Catalogue struct {
	Services []Service
	Desks    []Desk
}

// Service is something people come for.
type Service struct {
	Code      id.Service
	Letter    string // of its tokens; one of A-Z except I, O and Q; services may share one
	NameUr    string
	NameEn    string
	Pictogram string // name of a picture on the kiosk
	Room      string // "3"
	WayUr     string // how to get there, one line
	WayEn     string
	BringUr   []string // papers to have ready
	BringEn   []string
}

// Desk is a place that people are called to.
type Desk struct {
	Code   id.Desk
	NameUr string
	NameEn string
	Room   string
	Serves []id.Service // in order of preference

	Registers bool // families: mother, children, their numbers
}

// Registers says whether a desk registers families.
func (c Catalogue) Registers(d id.Desk) bool {
	at, ok := c.desk(d)
	return ok && at.Registers
}

// Check reports codes that are malformed or stand twice, and services that no desk or no list has.
func (c Catalogue) Check() error {
	var errs []error
	for i, s := range c.Services {
		errs = append(errs, s.check())
		if slices.ContainsFunc(c.Services[:i], func(o Service) bool { return o.Code == s.Code }) {
			errs = append(errs, fmt.Errorf("service %s is in the catalogue twice", s.Code))
		}
		if !slices.ContainsFunc(c.Desks, func(d Desk) bool { return slices.Contains(d.Serves, s.Code) }) {
			errs = append(errs, fmt.Errorf("no desk serves %s: its numbers would never be called", s.Code))
		}
	}
	for i, d := range c.Desks {
		errs = append(errs, c.checkDesk(d))
		if slices.ContainsFunc(c.Desks[:i], func(o Desk) bool { return o.Code == d.Code }) {
			errs = append(errs, fmt.Errorf("desk %s is in the catalogue twice", d.Code))
		}
	}
	if len(c.Services) == 0 {
		errs = append(errs, errors.New("the catalogue has no service"))
	}
	return errors.Join(errs...)
}

func (s Service) check() error {
	if len(s.Letter) != 1 {
		return fmt.Errorf("service %s: letter %q: want one letter", s.Code, s.Letter)
	}
	if err := id.NewToken(s.Letter[0], 1).Check(); err != nil {
		return fmt.Errorf("service %s: letter %q: %w", s.Code, s.Letter, err)
	}
	return s.Code.Check()
}

func (c Catalogue) checkDesk(d Desk) error {
	errs := []error{d.Code.Check()}
	for _, s := range d.Serves {
		if _, ok := c.service(s); !ok {
			errs = append(errs, fmt.Errorf("desk %s serves %q, which is not in the catalogue", d.Code, s))
		}
	}
	return errors.Join(errs...)
}

func (c Catalogue) service(code id.Service) (Service, bool) {
	i := slices.IndexFunc(c.Services, func(s Service) bool { return s.Code == code })
	if i < 0 {
		return Service{Code: code}, false
	}
	return c.Services[i], true
}

func (c Catalogue) desk(code id.Desk) (Desk, bool) {
	i := slices.IndexFunc(c.Desks, func(d Desk) bool { return d.Code == code })
	if i < 0 {
		return Desk{Code: code}, false
	}
	return c.Desks[i], true
}
