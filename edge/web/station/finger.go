package station

import (
	"context"
	"errors"
	"net/http"

	"markaz.example/edge/book/identity"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

// fingerPage is the struct of finger.tmpl.
type fingerPage struct {
	Desk    string
	Token   string // empty when nobody is served
	Service page.Name
	State   string // "nobody", "ready", "waiting", "none-left", or as identity.State once it is settled
	Fingers []fingerOf
	Finger  string // that is asked for
	Left    int    // tries of it
	Last    string // what came of the last try; empty before the first
	Quality int    // of the last try
	MayFile bool
	Reasons []string
	Reason  string // of the exception or the case
	Case    string // as it is printed
	Refusal *page.Refusal
}

// fingerOf is one finger of the picture of two hands.
type fingerOf struct {
	Name         string
	Asked        bool
	Failed       int
	X, Y, Height int // in the picture, 560 by 250
}

// hands is two hands, palms down, from the left, as the person in front of the desk sees her own.
var hands = []fingerOf{
	{Name: "left-little", X: 30, Y: 92, Height: 96}, {Name: "left-ring", X: 74, Y: 48, Height: 130},
	{Name: "left-middle", X: 118, Y: 26, Height: 150}, {Name: "left-index", X: 162, Y: 48, Height: 130},
	{Name: "left-thumb", X: 212, Y: 130, Height: 84},
	{Name: "right-thumb", X: 312, Y: 130, Height: 84}, {Name: "right-index", X: 362, Y: 48, Height: 130},
	{Name: "right-middle", X: 406, Y: 26, Height: 150}, {Name: "right-ring", X: 450, Y: 48, Height: 130},
	{Name: "right-little", X: 494, Y: 92, Height: 96},
}

func (s *Station) fingerPage(ctx context.Context, at id.Desk) (fingerPage, error) {
	p := fingerPage{Desk: string(at), State: "nobody", Reasons: desk.Exceptions()}
	who, err := s.floor.Identity(ctx, at)
	if errors.Is(err, desk.Refuse(desk.NobodyServed)) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	c := who.Check
	p.Token, p.Service = string(who.Token), page.Name{Ur: who.Service.NameUr, En: who.Service.NameEn}
	p.Finger, p.Left, p.MayFile = who.Finger, who.Left, who.MayFile
	p.Last, p.Quality, p.Reason, p.Case = string(c.Last), int(c.Quality), c.Reason, c.Case.Spaced()
	p.State = s.fingerState(at, who)
	for _, f := range hands {
		f.Asked, f.Failed = f.Name == who.Finger, c.Failed(f.Name)
		p.Fingers = append(p.Fingers, f)
	}
	return p, nil
}

func (s *Station) fingerState(at id.Desk, who desk.Identity) string {
	switch {
	case who.Check.State != identity.StateOpen:
		return string(who.Check.State)
	case s.at.Waiting(at) != "":
		return "waiting"
	case who.Finger == "":
		return "none-left"
	}
	return "ready"
}

func (s *Station) showFinger(w http.ResponseWriter, r *http.Request) {
	s.writeFinger(w, r, http.StatusOK, nil)
}

func (s *Station) writeFinger(w http.ResponseWriter, r *http.Request, status int, refused *page.Refusal) {
	at, lang := id.Desk(r.PathValue("desk")), page.LangOf(r)
	p, err := s.fingerPage(r.Context(), at)
	if err != nil {
		s.sorry(w, r, err)
		return
	}
	p.Refusal = refused
	s.finger.Write(w, status, page.Frame{
		Lang: lang, Title: "finger.title", Self: bare(r.URL), Data: p,
		Live: "/desk/" + string(at) + "/finger/live?lang=" + string(lang),
	})
}

func (s *Station) watchFinger(w http.ResponseWriter, r *http.Request) {
	at, lang := id.Desk(r.PathValue("desk")), page.LangOf(r)
	if _, err := s.fingerPage(r.Context(), at); err != nil {
		s.sorry(w, r, err)
		return
	}
	s.hub.Serve(w, r, live.Topic{
		Key:  "finger/" + string(at) + "/" + string(lang),
		Also: func() <-chan struct{} { return s.at.Changed(at) },
		Render: func(ctx context.Context) (live.Parts, error) {
			p, err := s.fingerPage(ctx, at)
			if err != nil {
				return nil, err
			}
			return s.finger.Parts(lang, p)
		},
	})
}

// actFinger is one press.
func (s *Station) actFinger(w http.ResponseWriter, r *http.Request) {
	if !s.kit.Form(w, r) {
		return
	}
	at, reason := id.Desk(r.PathValue("desk")), r.PostForm.Get("reason")
	var err error
	switch r.PostForm.Get("act") {
	case "take":
		err = s.at.Take(r.Context(), at)
	case "stop":
		s.at.Stop(at)
	case "except":
		s.at.Stop(at)
		err = s.floor.Except(r.Context(), at, reason)
	case "file":
		s.at.Stop(at)
		_, err = s.floor.FileCase(r.Context(), at, reason)
	default:
		s.kit.Sorry(w, r, http.StatusBadRequest, "sorry.form", back(at, page.LangOf(r)))
		return
	}
	here := "/desk/" + string(at) + "/finger?lang=" + string(page.LangOf(r))
	s.kit.Done(w, r, err, here, func(refused *page.Refusal, status int) { s.writeFinger(w, r, status, refused) })
}
