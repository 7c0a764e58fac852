// Package api answers in JSON what the screens of a centre show: for tests, for a simulated day, for a screen of
// somebody else's making. It only reads, names nobody, and answers from acknowledged records alone.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/devices"
)

// Floor is what the API asks of the floor.
type Floor interface {
	Slip(context.Context, id.Visit) (desk.Slip, error)
	DeskBoard(context.Context, id.Desk) (desk.DeskBoard, error)
	Figures(context.Context) (desk.Figures, error)
	Checks(context.Context) (desk.Checks, error)
}

// API is the handlers. Make it with its floor.
type API struct {
	Floor   Floor
	Devices func() []devices.Device // nil means none
}

// Routes adds the handlers.
func (a API) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/slip/{visit}", a.slip)
	mux.HandleFunc("GET /api/desk/{desk}", a.desk)
	mux.HandleFunc("GET /api/figures", a.figures)
	mux.HandleFunc("GET /api/devices", a.devices)
	mux.HandleFunc("GET /api/checks", a.checks)
}

// Slip is a visit's paper.
type Slip struct {
	Seq     uint64         `json:"seq"` // the newest record that the answer knows of
	Token   id.Token       `json:"token"`
	Code    id.Code        `json:"code"` // of the QR
	State   desk.SlipState `json:"state"`
	Reason  string         `json:"reason,omitempty"`
	Reprint bool           `json:"reprint"`
	Ahead   int            `json:"ahead"`
}

func (a API) slip(w http.ResponseWriter, r *http.Request) {
	s, err := a.Floor.Slip(r.Context(), id.Visit(r.PathValue("visit")))
	answer(w, err, Slip{
		Seq: s.Seq, Token: s.Token, Code: s.Code, State: s.State, Reason: s.Reason, Reprint: s.Reprint, Ahead: s.Ahead,
	})
}

// Desk is what a desk has in hand and how many wait for it.
type Desk struct {
	Seq     uint64   `json:"seq"`
	Token   id.Token `json:"token,omitempty"` // in hand
	State   string   `json:"state,omitempty"`
	Waiting int      `json:"waiting"`
}

func (a API) desk(w http.ResponseWriter, r *http.Request) {
	b, err := a.Floor.DeskBoard(r.Context(), id.Desk(r.PathValue("desk")))
	d := Desk{Seq: b.Seq}
	for _, l := range b.Lines {
		d.Waiting += l.Waiting
	}
	if b.Current != nil {
		d.Token, d.State = b.Current.Token, string(b.Current.State)
	}
	answer(w, err, d)
}

// Figures counts the visits of the present business day, as desk.Figures explains.
type Figures struct {
	Seq       uint64 `json:"seq"`
	Day       string `json:"day"`
	Asked     int    `json:"asked"`
	Issued    int    `json:"issued"`
	NotInHand int    `json:"not_in_hand"`
	Waiting   int    `json:"waiting"`
	Called    int    `json:"called"`
	Serving   int    `json:"serving"`
	Done      int    `json:"done"`
	NoShow    int    `json:"no_show"`
	Left      int    `json:"left"`
	Hold      int    `json:"hold"`
	Parked    int    `json:"parked"`
	Cancelled int    `json:"cancelled"`
	Failed    int    `json:"failed"`
	Carried   int    `json:"carried"`
	Quick     int    `json:"quick"`
	Printing  int    `json:"printing"`
	Held      int    `json:"held"`
	Uncertain int    `json:"uncertain"`
}

func (a API) figures(w http.ResponseWriter, r *http.Request) {
	f, err := a.Floor.Figures(r.Context())
	answer(w, err, Figures(f))
}

// devices answers with the list of devices and what last went to and fro, as the page of devices shows it.
func (a API) devices(w http.ResponseWriter, _ *http.Request) {
	list := []devices.Device{} // programs expect a list, not null
	if a.Devices != nil {
		list = append(list, a.Devices()...)
	}
	answer(w, nil, list)
}

// Check is a question to headquarters. Times are milliseconds since 1970 UTC.
type Check struct {
	What     string `json:"what"`
	Subject  string `json:"subject"` // a reference of this centre
	Asked    int64  `json:"asked"`
	Open     bool   `json:"open"`
	Result   string `json:"result"` // what the desk goes by while it is open
	Source   string `json:"source,omitempty"`
	Answered int64  `json:"answered,omitempty"` // when the source knew it
	Cached   bool   `json:"cached,omitempty"`
}

// checks answers with the questions that are open, oldest first, and then the newest of the others.
func (a API) checks(w http.ResponseWriter, r *http.Request) {
	all, err := a.Floor.Checks(r.Context())
	list := []Check{}
	for _, q := range all.Open {
		list = append(list, Check{What: q.What, Subject: q.Subject, Asked: q.Wall, Open: true, Result: q.Provisional})
	}
	for _, q := range all.Answered {
		list = append(list, Check{q.What, q.Subject, q.Wall, false, q.Answer.Result, q.Answer.Source, q.Answer.Wall, q.Answer.Cached})
	}
	answer(w, err, list)
}

// Refused is an answer other than 200.
type Refused struct {
	Code   string `json:"code"`   // stable
	Remedy string `json:"remedy"` // what to do, in English
}

func answer(w http.ResponseWriter, err error, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if err != nil {
		refused := desk.Refusal{Code: desk.BoxFault}
		if r, ok := errors.AsType[*desk.Refusal](err); ok {
			refused = *r
		}
		w.WriteHeader(status(refused.Code))
		value = Refused{refused.Code, refused.Remedy}
	}
	_ = json.NewEncoder(w).Encode(value)
}

func status(code string) int {
	switch code {
	case desk.NoSuchVisit, desk.NoSuchDesk:
		return http.StatusNotFound
	}
	return http.StatusServiceUnavailable
}
