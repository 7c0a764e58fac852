package api_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"markaz.example/edge/book/check"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/api"
)

// floor answers from its fields.
type floor struct {
	slip  desk.Slip
	board desk.DeskBoard
	fault error
}

func (f floor) Slip(context.Context, id.Visit) (desk.Slip, error)          { return f.slip, f.fault }
func (f floor) DeskBoard(context.Context, id.Desk) (desk.DeskBoard, error) { return f.board, f.fault }
func (f floor) Figures(context.Context) (desk.Figures, error) {
	return desk.Figures{Seq: 7, Asked: 3, Issued: 2, NotInHand: 1}, f.fault
}

func (f floor) Checks(context.Context) (desk.Checks, error) {
	return desk.Checks{
		Open:     []check.Question{{What: "eligible", Subject: "V1", Provisional: "go-on", Wall: 7}},
		Answered: []check.Question{{What: "eligible", Subject: "V2", Wall: 5, Answer: &check.Answer{Result: "yes", Source: "nser", Wall: 6}}},
	}, f.fault
}

func TestAnswers(t *testing.T) {
	well := floor{
		slip: desk.Slip{Seq: 5, Token: "K001", Code: "K5QXG43UOVZGKZDT", State: desk.SlipHeld, Reason: "paper-out"},
		board: desk.DeskBoard{
			Seq: 6, Current: &desk.Call{Token: "K001", State: "called"}, Lines: []desk.Line{{Waiting: 2}, {Waiting: 3}},
		},
	}
	unknown := floor{fault: &desk.Refusal{Code: desk.NoSuchVisit, Remedy: "look at the paper"}}
	for _, c := range []struct {
		path   string
		floor  floor
		status int
		want   string
	}{
		{"/api/slip/X", well, 200, `{"seq":5,"token":"K001","code":"K5QXG43UOVZGKZDT","state":"held","reason":"paper-out","reprint":false,"ahead":0}`},
		{"/api/desk/A", well, 200, `{"seq":6,"token":"K001","state":"called","waiting":5}`},
		{"/api/figures", well, 200, `{"seq":7,"day":"","asked":3,"issued":2,"not_in_hand":1,`},
		{"/api/checks", well, 200, `[{"what":"eligible","subject":"V1","asked":7,"open":true,"result":"go-on"},` +
			`{"what":"eligible","subject":"V2","asked":5,"open":false,"result":"yes","source":"nser","answered":6}]`},
		{"/api/slip/X", unknown, 404, `{"code":"visit.unknown","remedy":"look at the paper"}`},
		{"/api/figures", floor{fault: errors.New("disk")}, 503, `{"code":"box.fault","remedy":""}`},
	} {
		mux := http.NewServeMux()
		api.API{Floor: c.floor}.Routes(mux)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest("GET", c.path, nil))
		if w.Code != c.status || !strings.HasPrefix(w.Body.String(), c.want) {
			t.Errorf("%s: got %d %s, want %d %s", c.path, w.Code, w.Body, c.status, c.want)
		}
	}
}
