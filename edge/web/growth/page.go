package growth

import (
	"context"
	"errors"
	"fmt"
	"html/template"

	"markaz.example/edge/anthropometry"
	book "markaz.example/edge/book/growth"
	"markaz.example/edge/book/household"
	"markaz.example/edge/chart"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/lms"
	"markaz.example/edge/measure"
	"markaz.example/edge/registration"
	"markaz.example/edge/station"
	"markaz.example/edge/web/page"
)

// growthPage is the struct of growth.tmpl.
type growthPage struct {
	Desk    string
	Visit   string // hidden in each form, so that nothing is recorded of whoever came meanwhile
	Token   string // empty when nobody is served
	Service page.Name
	Family  []member // empty until the visit is a household's
	Next    []page.Name
	Child   *child  // in hand
	Woman   *member // whose arm is measured
	Scale   *scale  // nil where weights are typed
	Refusal *page.Refusal

	asked asked
}

// member is a line of the family.
type member struct {
	Person, As, Name, Sex, Precision string
	Age                              string // key of a text; empty without a birth date
	AgeCount                         string
	Child                            bool // can be measured here
	Woman                            bool
	Verdict                          string // of this visit: a class, "unclassed", "low"; empty: not measured yet
	Now                              bool   // in hand
}

// child is whom the form is for.
type child struct {
	Who     member
	Asked   asked
	Form    form
	Again   []string // what has to be read once more
	Weighed string   // what the scale said; empty for nothing yet
	Trial   *verdict // before saving
	Kept    *verdict // of this visit, as recorded
	Curve   template.HTML
	NoCurve bool // of unknown sex
	Tabs    []tab
}

type tab struct {
	Code, Link string
	Now        bool
}

// scale is what is under way beside the desk.
type scale struct {
	Step, State, Shows, Asks, Weighed string
	Asked                             asked
	Desk, Visit                       string
}

// tabs are the curves that are shown, the first by itself.
var tabs = []struct {
	code string
	of   chart.Chart
}{
	{"weight-age", chart.WeightByAge}, {"stature-age", chart.StatureByAge}, {"weight-stature", chart.WeightByStature}, {"arm-age", chart.ArmByAge},
}

// page is the page for a state; what is being answered, if anything, is shown on it.
func (g *Growth) page(ctx context.Context, at id.Desk, lang page.Lang, a asked, answered *pressed) (growthPage, error) {
	p := growthPage{Desk: string(at), asked: a}
	now, err := g.hall.Desk(ctx, at)
	if errors.Is(err, desk.Refuse(desk.NobodyServed)) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p.Visit, p.Token, p.Service = string(now.Visit), string(now.Token), nameOf(now.Service)
	p.Next = namesOf(now.Next)
	if now.Family == nil {
		return p, nil
	}
	for _, m := range now.Family.Members {
		line := memberOf(m, now)
		line.Now = m.Person == a.Person
		p.Family = append(p.Family, line)
		if line.Now && line.Woman {
			p.Woman = &line
		}
		if line.Now && line.Child {
			p.Child = &child{Who: line, Asked: a}
		}
	}
	if p.Child == nil {
		return p, nil
	}
	p.Scale = g.scaleOf(ctx, at, now.Visit, a)
	return p, g.fill(ctx, at, lang, now, p.Child, answered)
}

func memberOf(m registration.Member, now anthropometry.Desk) member {
	line := member{
		Person: string(m.Person), As: m.As, Name: m.Name, Sex: string(m.Sex), Precision: string(m.Precision),
		Child: m.As == household.Child && !m.Closed, Woman: m.As != household.Child && m.Sex == "female",
	}
	switch {
	case m.Months >= 24:
		line.Age, line.AgeCount = "household.years", fmt.Sprint(m.Months/12)
	case m.Months >= 0:
		line.Age, line.AgeCount = "household.months", fmt.Sprint(m.Months)
	}
	if line.Child && m.Months >= 24 && m.Months < 60 {
		line.Age, line.AgeCount = "household.months", fmt.Sprint(m.Months)
	}
	if k, ok := now.Kept[m.Person]; ok {
		line.Verdict = told(k.Measured)
	}
	if k, ok := now.Arms[m.Person]; ok {
		line.Verdict = k.Screened.Class
	}
	return line
}

func nameOf(s desk.Service) page.Name { return page.Name{Ur: s.NameUr, En: s.NameEn} }

func namesOf(all []desk.Service) (out []page.Name) {
	for _, s := range all {
		out = append(out, nameOf(s))
	}
	return out
}

// fill adds what is known of the child in hand.
func (g *Growth) fill(ctx context.Context, at id.Desk, lang page.Lang, now anthropometry.Desk, c *child, answered *pressed) error {
	who, err := g.hall.Child(ctx, at, now.Visit, c.Asked.Person)
	if err != nil {
		return err
	}
	c.Form = form{Weights: typed(nil), Statures: typed(nil), Heads: typed(nil), Arms: typed(nil), Position: lies(who.Age)}
	if k, ok := g.hall.Weighed(ctx, now.Visit, c.Asked.From); ok {
		c.Weighed = kilograms(k.Taken.Value * 1000)
	}
	if k, ok := now.Kept[c.Asked.Person]; ok {
		v := verdictOf(k.Measured)
		v.Seq, v.Next = k.Seq, namesOf(now.Next)
		c.Kept = &v
	}
	var points []chart.Measured
	for _, k := range who.Series {
		if c.Asked.Instead == 0 || k.Seq != c.Asked.Instead {
			points = append(points, anthropometry.Point(k.Measured))
		}
	}
	if answered != nil {
		c.Form = answered.form
		points = c.try(answered, points)
	}
	for _, t := range tabs {
		link := c.Asked
		link.Tab = t.code
		c.Tabs = append(c.Tabs, tab{t.code, address(at, lang, link), t.code == c.Asked.Tab})
	}
	c.Curve, err = g.curve(lang, c.Asked.Tab, who.Sex, points)
	c.NoCurve = errors.Is(err, chart.ErrNoCurve)
	if c.NoCurve {
		return nil
	}
	return err
}

// try adds what an entry comes to, and its dot on the curve.
func (c *child) try(p *pressed, points []chart.Measured) []chart.Measured {
	if p.trial == nil {
		return points
	}
	if c.Again = p.trial.Again; len(c.Again) > 0 || p.trial.Measured.Figures == "" {
		return points
	}
	v := verdictOf(p.trial.Measured)
	v.Concerns, v.Next = p.trial.Concerns, namesOf(p.trial.Next)
	c.Trial = &v
	return append(points, p.trial.Point)
}

// lies is how a child of this age is measured: lying up to its second birthday.
func lies(a lms.Age) string {
	const secondBirthday = 731
	switch {
	case !a.Known():
		return ""
	case a.Days < secondBirthday:
		return "lying"
	}
	return "standing"
}

// curve is the drawing that the slip has too, in the reader's words.
func (g *Growth) curve(lang page.Lang, tab string, s lms.Sex, points []chart.Measured) (template.HTML, error) {
	of := tabs[0].of
	for _, t := range tabs {
		if t.code == tab {
			of = t.of
		}
	}
	d, err := chart.Draw(g.settings.Figures, of, s, points, curveDots, chart.Words{
		Name: g.kit.Text(lang, "growth.curve."+tab), X: g.kit.Text(lang, "growth.x."+tab), Y: g.kit.Text(lang, "growth.y."+tab),
		Source: "WHO 2006", RTL: lang.Dir() == "rtl",
	})
	if err != nil {
		return "", err
	}
	return template.HTML(chart.SVG(d)), nil // of numbers and escaped texts alone
}

// scaleOf is the scale beside the desk; nil for none.
func (g *Growth) scaleOf(ctx context.Context, at id.Desk, v id.Visit, a asked) *scale {
	if g.station == nil || g.station.Has(at).Scale == nil {
		return nil
	}
	s := &scale{Asked: a, Desk: string(at), Visit: string(v)}
	if k, ok := g.hall.Weighed(ctx, v, a.From); ok {
		s.Weighed = kilograms(k.Taken.Value * 1000)
	}
	if m, ok := g.station.Measuring(at); ok && m.Visit == v && a.From != 0 {
		s.session(m)
	}
	return s
}

func (s *scale) session(m station.Measuring) {
	s.Step = string(m.Step)
	if m.Step == measure.StepConfirmWeight {
		s.Asks = kilograms(uint32(m.Asking) * 1000)
	}
	s.State = "silent"
	if m.Now == nil || !m.Fresh {
		return
	}
	s.State, s.Shows = "moving", fmt.Sprintf("%.3f kg", float64(m.Now.Grams)/1e3)
	switch {
	case m.Now.Overload:
		s.State, s.Shows = "overload", ""
	case m.Now.Underload:
		s.State, s.Shows = "underload", ""
	case m.Now.Stable:
		s.State = "steady"
	}
}

// Insists are why something is kept all the same.
func (growthPage) Insists() []string { return book.Insists() }

// Places number the fields of a woman's arm.
func (growthPage) Places() []int { return []int{1, 2, 3} }
