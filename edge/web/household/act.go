package household

import (
	"context"
	"errors"
	"net/http"

	"markaz.example/edge/book/person"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/registration"
	"markaz.example/edge/web/page"
)

// act is one press. What succeeds leads back to the page, except for who was found or is shown: that is in the answer alone.
func (h *Household) act(w http.ResponseWriter, r *http.Request) {
	if !h.kit.Form(w, r) {
		return
	}
	p, err := h.page(r.Context(), id.Desk(r.PathValue("desk")))
	if err != nil {
		h.sorry(w, r, err)
		return
	}
	a := answering{Household: h, page: p, desk: id.Desk(p.Desk), visit: id.Visit(r.PostForm.Get("visit"))}
	if a.visit != id.Visit(p.Visit) { // the page is shown for whoever is here now, and nothing of whoever was before
		h.refused(w, r, a, desk.Refuse(desk.NobodyServed))
		return
	}
	a.page.Form = formOf(r.PostForm)
	done, err := a.take(r.Context(), r.PostForm.Get("act"), id.Household(r.PostForm.Get("household")))
	switch {
	case page.AskedSecond(w, err):
	case err != nil:
		h.refused(w, r, a, err)
	case done:
		http.Redirect(w, r, address(a.desk, page.LangOf(r)), http.StatusSeeOther)
	default:
		h.write(w, r, http.StatusOK, a.page)
	}
}

// answering is a press that is being answered.
type answering struct {
	*Household
	page  householdPage
	desk  id.Desk
	visit id.Visit // that the form was for
}

// take reports whether something was done, so that the page is shown anew; else its answer is in a.page.
func (a *answering) take(ctx context.Context, act string, of id.Household) (done bool, err error) {
	switch act {
	case "find":
		return false, a.find(ctx)
	case "new":
		number := a.page.Form.Number
		a.page.open("mother", "")
		a.page.Form.Number = number
		return false, nil
	case "attach":
		return true, a.registry.AttachFamily(ctx, a.desk, a.visit, of)
	case "register":
		return true, a.register(ctx)
	case "add":
		return true, a.add(ctx, of)
	case "show":
		return false, a.show(ctx)
	case "correct":
		return true, a.correct(ctx)
	}
	return true, nil
}

func (a *answering) find(ctx context.Context) error {
	a.page.Do = "find"
	n, err := civil.ParseNumber(a.page.Form.Number)
	if err != nil {
		return registration.Typed(err)
	}
	found, err := a.registry.FindFamily(ctx, a.desk, n)
	if err != nil {
		return err
	}
	a.page.Found, a.page.Do = familyOf(found), ""
	return nil
}

func (a *answering) register(ctx context.Context) error {
	a.page.Do = "mother"
	e, err := a.page.Form.entry(a.today())
	if err != nil {
		return registration.Typed(err)
	}
	known, err := a.registry.RegisterFamily(ctx, a.desk, a.visit, e)
	return a.explain(ctx, "", e, known, err)
}

func (a *answering) add(ctx context.Context, of id.Household) error {
	a.page.Do = "child"
	if a.page.Form.NumberKind != person.BForm {
		a.page.Do = "adult"
	}
	e, err := a.page.Form.entry(a.today())
	if err != nil {
		return registration.Typed(err)
	}
	known, err := a.registry.AddMember(ctx, a.desk, a.visit, of, e)
	return a.explain(ctx, of, e, known, err)
}

// explain adds to a refusal what the desk has to look at: whose the number is, or what is doubtful.
func (a *answering) explain(ctx context.Context, of id.Household, e registration.Registrant, known registration.Family, err error) error {
	switch {
	case errors.Is(err, desk.Refuse(desk.PersonKnown)) && known.ID != "":
		a.page.Found = familyOf(known)
	case errors.Is(err, desk.Refuse(desk.PersonDoubt)):
		doubts, doubting := a.registry.Doubts(ctx, of, e)
		if doubting != nil {
			return doubting
		}
		a.page.Doubts = doubts
	}
	return err
}

func (a *answering) show(ctx context.Context) error {
	a.page.Do = ""
	s, err := a.registry.ShowPerson(ctx, a.desk, a.visit, id.Person(a.page.Form.Person), a.page.Form.Reason)
	if err != nil {
		return err
	}
	a.page.Shown = shownOf(s)
	return nil
}

func (a *answering) correct(ctx context.Context) error {
	a.page.Do = "correct"
	c, err := a.page.Form.correction(a.today())
	if err != nil {
		return registration.Typed(err)
	}
	err = a.registry.CorrectPerson(ctx, a.desk, a.visit, id.Person(a.page.Form.Person), c)
	if errors.Is(err, desk.Refuse(desk.PersonDoubt)) {
		for _, d := range c.Number.Doubts(a.page.sexOf(a.page.Form.Person)) {
			a.page.Doubts = append(a.page.Doubts, string(d))
		}
	}
	return err
}

func (p householdPage) sexOf(who string) civil.Sex {
	if p.Family == nil {
		return ""
	}
	for _, m := range p.Family.Members {
		if m.Person == who {
			return civil.Sex(m.Sex)
		}
	}
	return ""
}

// refused shows the page with what was typed, and why it was not done.
func (h *Household) refused(w http.ResponseWriter, r *http.Request, a answering, err error) {
	shown, status := h.kit.Refusal(page.LangOf(r), err)
	a.page.Refusal = shown
	if a.page.Token == "" {
		a.page.Do = ""
	}
	h.write(w, r, status, a.page)
}
