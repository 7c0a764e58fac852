package desk

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"markaz.example/edge/book/check"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/letter"
	"markaz.example/edge/web/page/pagetest"
)

// strict is a floor with one desk, A, that refuses all, and fails the test when it is asked for what has not its shape.
type strict struct {
	Floor // what is not below is not asked for
	t     *testing.T
}

func (s strict) CallNext(context.Context, id.Desk) (*desk.Call, error) { return nil, s.no() }
func (s strict) Recall(context.Context, id.Desk) error                 { return s.no() }
func (s strict) Confirm(context.Context, id.Desk) error                { return s.no() }
func (s strict) NoShow(context.Context, id.Desk) error                 { return s.no() }
func (strict) ErrandsOf(context.Context, id.Visit) (desk.Errands, error) {
	return desk.Errands{}, nil
}
func (strict) no() error { return desk.Refuse(desk.NobodyWaiting) }

func (s strict) Finish(_ context.Context, _ id.Desk, outcome string, _ bool) error {
	if !known(outcome) {
		s.t.Errorf("a visit is to end as %q", outcome)
	}
	return s.no()
}

func (s strict) DeskBoard(_ context.Context, d id.Desk) (desk.DeskBoard, error) {
	if d != "A" {
		return desk.DeskBoard{}, desk.Refuse(desk.NoSuchDesk)
	}
	return desk.DeskBoard{Current: &desk.Call{Visit: "K5QXG43UOVZGKZDT", State: visit.StateServing}}, nil
}

func (s strict) Draw(_ context.Context, _, what string, v id.Visit) (desk.Drawn, error) {
	if err := errors.Join(letter.CheckWhat(what), v.Check()); err != nil {
		s.t.Error(err)
	}
	return desk.Drawn{}, s.no()
}

func (s strict) AskCheck(_ context.Context, _, what string, v id.Visit) (check.Question, error) {
	if err := errors.Join(letter.CheckWhat(what), v.Check()); err != nil {
		s.t.Error(err)
	}
	return check.Question{}, s.no()
}

// FuzzForm presses what no button of these pages stands for. The answer is always a clear one.
func FuzzForm(f *testing.F) {
	f.Add("A", "lang=en", "act=finish-done&receipt=1")
	f.Add("..", "k=%zz", "print=job/x&act=next")
	f.Add("A", "lang=ur", "act=draw-bed&wish=K5QXG43UOVZGKZDT&answer=allow")
	f.Add("A", "", "act=draw-../x&wish=x&answer=refuse")
	f.Add("A", "", "act=ask&answer=again")
	floor := &strict{}
	d, err := New(pagetest.Kit(f), nil, Config{
		Floor: floor, Zone: time.UTC, Tools: func(id.Desk) []string { return nil },
	})
	if err != nil {
		f.Fatal(err)
	}
	mux := http.NewServeMux()
	d.Routes(mux)
	f.Fuzz(func(t *testing.T, segment, query, body string) {
		floor.t = t
		for _, path := range []string{"/desk", "/desk/A", "/desk/" + segment} {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				r := httptest.NewRequest(method, "/", strings.NewReader(body))
				r.URL.Path, r.URL.RawQuery = path, query
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				w := httptest.NewRecorder()
				mux.ServeHTTP(w, r)
				if w.Code >= 500 {
					t.Errorf("%s %s?%s with %q: %d", method, path, query, body, w.Code)
				}
			}
		}
	})
}
