package station

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"markaz.example/edge/book/reading"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/measure"
	"markaz.example/edge/station"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

// measurePage is the struct of measure.tmpl.
type measurePage struct {
	Desk    string
	Token   string // empty when nobody is served
	Service page.Name
	Plans   []string // that may be begun
	Kept    []kept
	Step    string // as measure.Step; empty while nobody is measured
	Weighs  bool   // the step is one that the scale takes part in
	Types   bool   // the step is one that a number is typed in
	Asks    string // the unusual value in words; empty when nothing is asked
	Shows   string // what the scale says now; empty when it says nothing
	Scale   string // "steady", "moving", "overload", "underload", "silent"
	Refusal *page.Refusal
}

// kept is one measurement that is recorded.
type kept struct{ Who, What, How, Value string }

// plans are what a desk may begin, by the code of its button.
var plans = []struct {
	code string
	plan measure.Plan
}{
	{"child-lying", measure.Plan{Subject: measure.Infant, Weight: true, Posture: measure.Lying, MUAC: true}},
	{"child-held", measure.Plan{Subject: measure.Infant, Weight: true, Held: true, Posture: measure.Lying, MUAC: true}},
	{"child-standing", measure.Plan{Subject: measure.Infant, Weight: true, Posture: measure.Standing, MUAC: true}},
	{"mother", measure.Plan{Subject: measure.Adult, Weight: true, Posture: measure.Standing, MUAC: true}},
	{"weight", measure.Plan{Subject: measure.Infant, Weight: true}},
	{"arm", measure.Plan{Subject: measure.Infant, MUAC: true}},
}

func (s *Station) measurePage(ctx context.Context, at id.Desk) (measurePage, error) {
	p := measurePage{Desk: string(at)}
	who, err := s.floor.Readings(ctx, at)
	if errors.Is(err, desk.Refuse(desk.NobodyServed)) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p.Token, p.Service = string(who.Token), page.Name{Ur: who.Service.NameUr, En: who.Service.NameEn}
	for _, k := range who.Kept {
		p.Kept = append(p.Kept, kept{k.Taken.Who, k.Taken.What, k.Taken.How, Shown(k.Taken)})
	}
	m, ok := s.at.Measuring(at)
	if !ok || m.Visit != who.Visit {
		for _, own := range plans {
			p.Plans = append(p.Plans, own.code)
		}
		return p, nil
	}
	p.session(m)
	return p, nil
}

// session adds what is under way.
func (p *measurePage) session(m station.Measuring) {
	p.Step = string(m.Step)
	switch m.Step {
	case measure.StepConfirmWeight:
		p.Asks = Kilograms(m.Asking)
	case measure.StepConfirmLength:
		p.Asks = Centimetres(m.Asking)
	case measure.StepConfirmMUAC:
		p.Asks = fmt.Sprintf("%d mm", m.Asking)
	case measure.StepLength, measure.StepLengthAgain, measure.StepMUAC:
		p.Types = true
	default:
		p.Weighs = true
	}
	p.Scale, p.Shows = scaleOf(m)
}

// scaleOf is how the scale is and what it shows.
func scaleOf(m station.Measuring) (state, shows string) {
	switch {
	case m.Now == nil, !m.Fresh:
		return "silent", ""
	case m.Now.Overload:
		return "overload", ""
	case m.Now.Underload:
		return "underload", ""
	case m.Now.Stable:
		return "steady", Kilograms(m.Now.Grams)
	}
	return "moving", Kilograms(m.Now.Grams)
}

// Shown is a measurement as people read it.
func Shown(e reading.Taken) string {
	switch e.What {
	case reading.Weight:
		return Kilograms(int64(e.Value))
	case reading.MUAC:
		return fmt.Sprintf("%d mm", e.Value)
	}
	return Centimetres(int64(e.Value))
}

// Kilograms writes grams as a scale does: "4.250 kg".
func Kilograms(grams int64) string {
	sign := ""
	if grams < 0 {
		sign, grams = "-", -grams
	}
	return fmt.Sprintf("%s%d.%03d kg", sign, grams/1000, grams%1000)
}

// Centimetres writes millimetres as a board shows them: "75.3 cm".
func Centimetres(mm int64) string { return fmt.Sprintf("%d.%d cm", mm/10, mm%10) }

func (s *Station) showMeasure(w http.ResponseWriter, r *http.Request) {
	s.writeMeasure(w, r, http.StatusOK, nil)
}

func (s *Station) writeMeasure(w http.ResponseWriter, r *http.Request, status int, refused *page.Refusal) {
	at, lang := id.Desk(r.PathValue("desk")), page.LangOf(r)
	p, err := s.measurePage(r.Context(), at)
	if err != nil {
		s.sorry(w, r, err)
		return
	}
	p.Refusal = refused
	s.measure.Write(w, status, page.Frame{
		Lang: lang, Title: "measure.title", Self: bare(r.URL), Data: p,
		Live: "/desk/" + string(at) + "/measure/live?lang=" + string(lang),
	})
}

func (s *Station) watchMeasure(w http.ResponseWriter, r *http.Request) {
	at, lang := id.Desk(r.PathValue("desk")), page.LangOf(r)
	if _, err := s.measurePage(r.Context(), at); err != nil {
		s.sorry(w, r, err)
		return
	}
	s.hub.Serve(w, r, live.Topic{
		Key:  "measure/" + string(at) + "/" + string(lang),
		Also: func() <-chan struct{} { return s.at.Changed(at) },
		Render: func(ctx context.Context) (live.Parts, error) {
			p, err := s.measurePage(ctx, at)
			if err != nil {
				return nil, err
			}
			return s.measure.Parts(lang, p)
		},
	})
}

// actMeasure is one press, or one number that was typed.
func (s *Station) actMeasure(w http.ResponseWriter, r *http.Request) {
	if !s.kit.Form(w, r) {
		return
	}
	at := id.Desk(r.PathValue("desk"))
	err := s.measured(r.Context(), at, r.PostForm.Get("act"), r.PostForm.Get("value"))
	if p := (*measure.Problem)(nil); errors.As(err, &p) {
		err = desk.Refuse(p.Code)
	}
	here := "/desk/" + string(at) + "/measure?lang=" + string(page.LangOf(r))
	s.kit.Done(w, r, err, here, func(refused *page.Refusal, status int) { s.writeMeasure(w, r, status, refused) })
}

func (s *Station) measured(ctx context.Context, at id.Desk, act, value string) error {
	if code, ok := strings.CutPrefix(act, "begin-"); ok {
		for _, own := range plans {
			if own.code == code {
				return s.at.Measure(ctx, at, own.plan)
			}
		}
	}
	switch act {
	case "abandon":
		s.at.Abandon(at)
		return nil
	case "zero":
		return s.at.Zero(ctx, at)
	case "print":
		return s.floor.PrintResult(ctx, at)
	}
	return s.at.Act(ctx, at, act, value)
}
