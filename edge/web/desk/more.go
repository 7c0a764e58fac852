package desk

import (
	"context"
	"slices"

	"markaz.example/edge/desk"
	"markaz.example/edge/web/page"
)

// more is what a desk can do with whoever it serves, besides finishing. It changes only with the one who is served, so
// that nobody's half-filled form is pushed away by the line.
type more struct {
	Visit   string
	Hold    []word
	Park    []word
	Fail    []word
	Leave   []word
	Notes   []word
	To      []destination
	Coming  []step // stops that can be taken out
	Persons int    // that can go on by themselves, at most; 0 when nobody can
}

// destination is a service with the desks and people that do it.
type destination struct {
	page.Service
	Comes  bool // the visit comes there anyway
	Places []place
}

// place is a desk, and who sits there.
type place struct{ Desk, Staff, Name string }

func (d *Desk) more(ctx context.Context, b desk.DeskBoard) (*more, error) {
	sitting, err := d.Floor.Colleagues(ctx)
	if err != nil {
		return nil, err
	}
	c := b.Current
	m := &more{
		Visit: string(c.Visit), Hold: d.words("hold", holdReasons), Park: d.words("park", parkReasons), Fail: d.words("fail", failReasons),
		Leave: d.words("leave", leaveReasons), Notes: d.words("note", notes), Persons: max(c.Persons-1, 0),
	}
	for i, s := range d.steps(c) {
		if i > c.Stop {
			m.Coming = append(m.Coming, s)
		}
	}
	for _, s := range d.Catalogue.Services {
		to := destination{Service: page.ServiceOf(s), Places: d.places(s, b.Desk, sitting)}
		to.Comes = slices.ContainsFunc(c.Stops[c.Stop:], func(o desk.Stop) bool { return o.Service.Code == s.Code })
		m.To = append(m.To, to)
	}
	return m, nil
}

// places are the other desks that do a service.
func (d *Desk) places(s desk.Service, own desk.Desk, sitting []desk.Colleague) (out []place) {
	for _, at := range d.Catalogue.Desks {
		if at.Code == own.Code || !slices.Contains(at.Serves, s.Code) {
			continue
		}
		p := place{Desk: string(at.Code)}
		if i := slices.IndexFunc(sitting, func(c desk.Colleague) bool { return c.Desk == at.Code }); i >= 0 {
			p.Staff, p.Name = string(sitting[i].Staff), sitting[i].Name
		}
		out = append(out, p)
	}
	return out
}
