package floor

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"markaz.example/edge/book/diagnosis"
	"markaz.example/edge/book/lease"
	"markaz.example/edge/book/pack"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/health"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page/pagetest"
)

// strict is a floor with one desk, A, that refuses all, and fails the test when it is asked for what has not its shape.
type strict struct {
	Floor // what is not below is not asked for
	t     *testing.T
}

func (strict) HallBoard(context.Context) (desk.HallBoard, error) { return desk.HallBoard{}, nil }
func (strict) Figures(context.Context) (desk.Figures, error)     { return desk.Figures{}, nil }
func (strict) Papers(context.Context, int) ([]desk.Paper, error) { return nil, nil }
func (strict) Wishes(context.Context) ([]diagnosis.Wish, error)  { return nil, nil }
func (strict) Packs(context.Context) ([]pack.Series, error)      { return nil, nil }
func (strict) Checks(context.Context) (desk.Checks, error)       { return desk.Checks{}, nil }
func (strict) Lent(context.Context) ([]lease.Lease, error)       { return nil, nil }
func (strict) no() error                                         { return desk.Refuse(desk.NobodyWaiting) }

func (s strict) DeskBoard(_ context.Context, d id.Desk) (desk.DeskBoard, error) {
	if d != "A" {
		return desk.DeskBoard{}, desk.Refuse(desk.NoSuchDesk)
	}
	return desk.DeskBoard{Current: &desk.Call{Visit: "K5QXG43UOVZGKZDT", State: visit.StateServing}}, nil
}

func (s strict) GiveDiagnosis(_ context.Context, _ string, g diagnosis.Given) error {
	if err := g.Check(); err != nil {
		s.t.Error(err)
	}
	return s.no()
}

func (s strict) RefuseDiagnosis(_ context.Context, _ string, wish id.Errand) error {
	if err := wish.Check(); err != nil {
		s.t.Error(err)
	}
	return s.no()
}

func (s strict) PrintAgain(_ context.Context, _ string, v id.Visit) error {
	if err := v.Check(); err != nil {
		s.t.Error(err)
	}
	return s.no()
}

func (s strict) PrintPaper(_ context.Context, _ string, j id.Job) error {
	if err := j.Check(); err != nil {
		s.t.Error(err)
	}
	return s.no()
}

// FuzzForm presses what no button of these pages stands for. The answer is always a clear one.
func FuzzForm(f *testing.F) {
	f.Add("lang=en", "act=finish-done&receipt=1")
	f.Add("k=%zz", "print=job/x&act=next")
	f.Add("lang=ur", "act=draw-bed&wish=K5QXG43UOVZGKZDT&answer=allow")
	f.Add("", "act=draw-../x&wish=x&answer=refuse")
	f.Add("", "act=ask&answer=again")
	floor := &strict{}
	d, err := New(pagetest.Kit(f), nil, Config{
		Floor: floor, Zone: time.UTC, Road: func() Road { return Road{} }, Health: func() []health.Condition { return nil },
		NotInHand: func(context.Context, int) ([]id.Visit, error) { return nil, nil },
		Diagnose: func(context.Context) (diagnosis.Given, error) {
			return diagnosis.Given{Format: "text", Report: []byte("well")}, nil
		},
	})
	if err != nil {
		f.Fatal(err)
	}
	mux := http.NewServeMux()
	d.Routes(mux)
	f.Fuzz(func(t *testing.T, query, body string) {
		floor.t = t
		for _, path := range []string{"/floor", "/floor/diagnosis"} {
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
