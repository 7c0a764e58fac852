package growth

import (
	"context"
	"errors"
	"net/http"

	"markaz.example/edge/anthropometry"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/measure"
	"markaz.example/edge/web/page"
)

// act is one press. What succeeds leads back to the page; "try" answers with what the entry comes to.
func (g *Growth) act(w http.ResponseWriter, r *http.Request) {
	if !g.kit.Form(w, r) {
		return
	}
	at, lang := id.Desk(r.PathValue("desk")), page.LangOf(r)
	now, err := g.hall.Desk(r.Context(), at)
	if err == nil && string(now.Visit) != r.PostForm.Get("visit") {
		err = desk.Refuse(desk.NobodyServed)
	}
	a, f := askedOf(r.PostForm), formOf(r.PostForm)
	p := pressed{Growth: g, at: at, visit: now.Visit, seq: now.Seq, asked: a, form: f}
	if err == nil {
		err = p.take(r.Context(), r.PostForm.Get("act"))
	}
	if problem, ok := errors.AsType[*measure.Problem](err); ok {
		err = desk.Refuse(problem.Code)
	}
	if err == nil && p.trial != nil {
		g.answer(w, r, http.StatusOK, p, nil)
		return
	}
	g.kit.Done(w, r, err, address(at, lang, p.asked), func(refused *page.Refusal, status int) {
		g.answer(w, r, status, p, refused)
	})
}

// answer is the page with what was typed.
func (g *Growth) answer(w http.ResponseWriter, r *http.Request, status int, p pressed, refused *page.Refusal) {
	shown, err := g.page(r.Context(), p.at, page.LangOf(r), p.asked, &p)
	if err != nil {
		g.sorry(w, r, err)
		return
	}
	shown.Refusal = refused
	g.write(w, r, status, shown)
}

// pressed is a press that is being answered.
type pressed struct {
	*Growth
	at    id.Desk
	visit id.Visit
	seq   uint64
	asked asked
	form  form
	trial *anthropometry.Trial // what a try came to
}

func (p *pressed) take(ctx context.Context, act string) error {
	switch act {
	case "try":
		return p.try(ctx)
	case "save":
		return p.save(ctx)
	case "arm":
		return p.arm(ctx)
	case "print":
		return p.hall.Print(ctx, p.at, p.visit, p.asked.Person)
	case "withdraw":
		return p.withdraw(ctx)
	}
	if p.station == nil {
		return desk.Refuse(desk.NoInstrument)
	}
	return p.weigh(ctx, act)
}

func (p *pressed) try(ctx context.Context) error {
	e, err := p.form.entry(p.asked)
	if err != nil {
		return err
	}
	t, err := p.hall.Try(ctx, p.at, p.visit, p.asked.Person, e)
	p.trial = &t
	return err
}

// save records; what speaks against it is shown again when nobody said why it is kept.
func (p *pressed) save(ctx context.Context) error {
	e, err := p.form.entry(p.asked)
	if err != nil {
		return err
	}
	if err = p.hall.Save(ctx, p.at, p.visit, p.asked.Person, e); err != nil {
		return errors.Join(err, p.try(ctx))
	}
	p.asked.From, p.asked.Instead = 0, 0
	return nil
}

func (p *pressed) arm(ctx context.Context) error {
	arms, err := numbers(p.form.Arms, measure.ParseMillimetres)
	if err != nil {
		return err
	}
	if err = p.hall.ScreenWoman(ctx, p.at, p.visit, p.asked.Person, arms); err == nil {
		p.asked = asked{}
	}
	return err
}

func (p *pressed) withdraw(ctx context.Context) error {
	err := p.hall.Withdraw(ctx, p.at, p.visit, p.asked.Person, p.asked.Instead)
	p.asked.Instead = 0
	return err
}

// weigh is a press at the scale. From when it begins, what the scale says is the child's who is in hand.
func (p *pressed) weigh(ctx context.Context, act string) error {
	switch act {
	case "weigh", "weigh-held":
		plan := measure.Plan{Subject: measure.Infant, Weight: true, Held: act == "weigh-held"}
		p.asked.From = p.seq
		return p.station.Measure(ctx, p.at, plan)
	case "zero":
		return p.station.Zero(ctx, p.at)
	case "abandon":
		p.station.Abandon(p.at)
		return nil
	}
	return p.station.Act(ctx, p.at, act, "")
}
