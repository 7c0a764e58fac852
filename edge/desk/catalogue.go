package desk

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"markaz.example/edge/book/booking"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
)

// Catalogue is what a centre offers and where. It does not change while the box runs.
type Catalogue struct {
	Services  []Service
	Desks     []Desk
	Journeys  []Journey
	Transfers []TransferRule // of pairs of services; others keep

	Situations []Situation // offered beside the services; none means only services

	Slots []booking.Plan // that can be booked; none means no appointments
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
	In        map[string]Words // in further languages, by their codes; nil for none

	Target   time.Duration // of serving one visit; 0 means none is set
	Wait     time.Duration // that people should wait at most; 0 means none is set
	Outcomes []string      // codes that a stop may end with, the usual one first; none means DefaultOutcomes()
	Machine  string        // that has to work at the desk: "scale"; empty for none
	After    []id.Service  // in a journey without an order, those that come before
}

// Words is what a service is called in one more language. What is empty is said in Urdu.
type Words struct {
	Name  string
	Way   string
	Bring []string
}

// Situation is what happened to somebody who does not know the names of services. Its words are the pages'.
type Situation struct {
	Code      string // "baby"
	Pictogram string
	Services  []id.Service // what it leads to, in order
}

// Desk is a place that people are called to.
type Desk struct {
	Code   id.Desk
	NameUr string
	NameEn string
	Room   string
	Serves []id.Service // in order of preference

	Skills    []string // of whoever sits there by turns; those of the one signed in come on top
	Languages []string
	Sex       string // of the staff: "f", "m"; empty when it changes
	Ground    bool   // reached without stairs

	Registers bool // families: mother, children, their numbers
	Measures  bool // children, and women's arms, where there are figures to score with
}

// Measures says whether children are measured at a desk.
func (c Catalogue) Measures(d id.Desk) bool {
	at, ok := c.Desk(d)
	return ok && at.Measures
}

// Registers says whether a desk registers families.
func (c Catalogue) Registers(d id.Desk) bool {
	at, ok := c.Desk(d)
	return ok && at.Registers
}

// Journey is a template of a visit. A rule adds a stop when an earlier one ends as it says.
type Journey struct {
	Code  string
	Stops []id.Service // what it begins with
	Free  bool         // in the order of the shortest waits; otherwise as listed
	Rules []Rule
}

// Rule is a condition of a journey: when a stop ends, the visit comes to one more.
type Rule struct {
	After   id.Service // the stop that ends; empty for any
	Outcome string     // its outcome; empty for any
	Mark    string     // that another part has given the visit by then: "sam"; empty for none
	Add     id.Service // the next stop from then on, unless the visit was there or comes to it anyway
}

// TransferRule says which place a transfer takes.
type TransferRule struct {
	From, To  id.Service
	Seniority string // visit.SeniorityKeep, SeniorityFront or SeniorityEnd
}

// DefaultOutcomes are how a stop may end where the catalogue says nothing.
func DefaultOutcomes() []string { return []string{"done", "referred", "papers-missing"} }

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
	errs = append(errs, c.checkJourneys(), c.checkTransfers(), c.checkSlots())
	for i, s := range c.Situations {
		errs = append(errs, c.checkSituation(s))
		if slices.ContainsFunc(c.Situations[:i], func(o Situation) bool { return o.Code == s.Code }) {
			errs = append(errs, fmt.Errorf("situation %s is in the catalogue twice", s.Code))
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
	errs := []error{s.Code.Check()}
	for _, o := range s.Outcomes {
		if err := visit.CheckWord(o); err != nil || o == visit.OutcomeTransferred {
			errs = append(errs, fmt.Errorf("service %s: outcome %q: %w", s.Code, o, cmp.Or(err, errOwnOutcome)))
		}
	}
	return errors.Join(errs...)
}

var errOwnOutcome = errors.New("a transfer gives this one by itself")

func (c Catalogue) checkJourneys() error {
	var errs []error
	for i, j := range c.Journeys {
		errs = append(errs, c.checkJourney(j))
		if slices.ContainsFunc(c.Journeys[:i], func(o Journey) bool { return o.Code == j.Code }) {
			errs = append(errs, fmt.Errorf("journey %s is in the catalogue twice", j.Code))
		}
	}
	return errors.Join(errs...)
}

func (c Catalogue) checkJourney(j Journey) error {
	errs := []error{visit.CheckWord(j.Code)}
	if len(j.Stops) == 0 || len(j.Stops) > visit.AskedMax {
		errs = append(errs, fmt.Errorf("journey %s with %d stops: want 1 to %d", j.Code, len(j.Stops), visit.AskedMax))
	}
	wanted := slices.Clone(j.Stops)
	for _, r := range j.Rules {
		wanted = append(wanted, r.Add)
		if r.Outcome == "" && r.Mark == "" {
			errs = append(errs, fmt.Errorf("journey %s: a rule that adds %s always: put it among the stops", j.Code, r.Add))
		}
		if r.After != "" {
			wanted = append(wanted, r.After)
		}
	}
	for _, s := range wanted {
		if _, ok := c.Service(s); !ok {
			errs = append(errs, fmt.Errorf("journey %s: service %q is not in the catalogue", j.Code, s))
		}
	}
	return errors.Join(errs...)
}

func (c Catalogue) checkTransfers() error {
	var errs []error
	for _, t := range c.Transfers {
		errs = append(errs, visit.CheckSeniority(t.Seniority))
		for _, s := range []id.Service{t.From, t.To} {
			if _, ok := c.Service(s); !ok {
				errs = append(errs, fmt.Errorf("a rule of transfers: service %q is not in the catalogue", s))
			}
		}
	}
	return errors.Join(errs...)
}

// seniority is the rule of a transfer between two services.
func (c Catalogue) seniority(from, to id.Service) string {
	for _, t := range c.Transfers {
		if t.From == from && t.To == to {
			return t.Seniority
		}
	}
	return visit.SeniorityKeep
}

func (c Catalogue) journey(code string) (Journey, bool) {
	i := slices.IndexFunc(c.Journeys, func(j Journey) bool { return j.Code == code })
	if i < 0 {
		return Journey{}, false
	}
	return c.Journeys[i], true
}

// outcomes are the codes that a stop of a service may end with.
func (s Service) outcomes() []string {
	if len(s.Outcomes) == 0 {
		return DefaultOutcomes()
	}
	return s.Outcomes
}

func (c Catalogue) checkSituation(s Situation) error {
	errs := []error{visit.CheckWord(s.Code)}
	if len(s.Services) == 0 {
		errs = append(errs, fmt.Errorf("situation %s leads to no service", s.Code))
	}
	for _, code := range s.Services {
		if _, ok := c.Service(code); !ok {
			errs = append(errs, fmt.Errorf("situation %s leads to %q, which is not in the catalogue", s.Code, code))
		}
	}
	return errors.Join(errs...)
}

func (c Catalogue) checkDesk(d Desk) error {
	errs := []error{d.Code.Check()}
	for _, s := range d.Serves {
		if _, ok := c.Service(s); !ok {
			errs = append(errs, fmt.Errorf("desk %s serves %q, which is not in the catalogue", d.Code, s))
		}
	}
	return errors.Join(errs...)
}

// Service finds a service; of one that the centre does not offer it is only the code.
func (c Catalogue) Service(code id.Service) (Service, bool) {
	i := slices.IndexFunc(c.Services, func(s Service) bool { return s.Code == code })
	if i < 0 {
		return Service{Code: code}, false
	}
	return c.Services[i], true
}

// Desk finds a desk; of one that the centre does not have it is only the code.
func (c Catalogue) Desk(code id.Desk) (Desk, bool) {
	i := slices.IndexFunc(c.Desks, func(d Desk) bool { return d.Code == code })
	if i < 0 {
		return Desk{Code: code}, false
	}
	return c.Desks[i], true
}
