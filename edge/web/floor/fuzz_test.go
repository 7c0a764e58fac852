package floor

import (
	"cmp"
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
	"markaz.example/edge/report"
	"markaz.example/edge/web/page/pagetest"
)

// strict is a floor with one desk, A, that refuses all, and fails the test when it is asked for what has not its shape.
type strict struct {
	Floor // what is not below is not asked for
	t     *testing.T
}

func (strict) HallBoard(context.Context) (desk.HallBoard, error)  { return desk.HallBoard{}, nil }
func (strict) Figures(context.Context) (desk.Figures, error)      { return desk.Figures{}, nil }
func (strict) Glasses(context.Context) ([]desk.GlassTaken, error) { return nil, nil }
func (s strict) SawGlass(context.Context, string, uint64) error   { return s.no() }
func (strict) Papers(context.Context, int) ([]desk.Paper, error)  { return nil, nil }
func (strict) Wishes(context.Context) ([]diagnosis.Wish, error)   { return nil, nil }
func (strict) Packs(context.Context) ([]pack.Series, error)       { return nil, nil }
func (strict) Checks(context.Context) (desk.Checks, error)        { return desk.Checks{}, nil }
func (strict) Lent(context.Context) ([]lease.Lease, error)        { return nil, nil }
func (strict) no() error                                          { return desk.Refuse(desk.NobodyWaiting) }

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
	return s.shaped(v.Check())
}

func (s strict) PrintPaper(_ context.Context, _ string, j id.Job) error {
	if err := j.Check(); err != nil {
		s.t.Error(err)
	}
	return s.no()
}

func (strict) Desks(context.Context) ([]desk.DeskBoard, error) { return nil, nil }
func (strict) Days(context.Context) ([]string, error)          { return nil, nil }
func (strict) PaperBook(context.Context) (desk.PaperBook, error) {
	return desk.PaperBook{First: 901}, nil
}
func (strict) Today() time.Time                                       { return time.Date(2026, 11, 26, 14, 0, 0, 0, time.UTC) }
func (s strict) OpenDay(context.Context, string) error                { return s.no() }
func (s strict) CloseDay(context.Context, string, string, bool) error { return s.no() }
func (s strict) Silence(context.Context, string, uint64) error        { return s.no() }
func (s strict) SetPaperBook(context.Context, string, bool) error     { return s.no() }
func (s strict) PrintReport(context.Context, string, string) error    { return s.no() }

func (s strict) Report(context.Context, string) (report.Report, error) {
	return report.Of(report.Day{Date: "2026-11-26"}), nil
}

func (s strict) shaped(err error) error {
	if err != nil {
		s.t.Error(err)
	}
	return s.no()
}

func (s strict) ByToken(_ context.Context, t id.Token) (desk.Place, error) {
	return desk.Place{}, s.shaped(t.Check())
}

func (s strict) SetDesk(_ context.Context, _ string, d id.Desk, _ visit.DeskState, _ string) error {
	return s.shaped(d.Check())
}

func (s strict) Dismiss(_ context.Context, _ string, d id.Desk) error { return s.shaped(d.Check()) }

func (s strict) CloseLine(_ context.Context, _ string, line id.Service, _ string) error {
	return s.shaped(line.Check())
}

func (s strict) OpenLine(_ context.Context, _ string, line id.Service) error {
	return s.shaped(line.Check())
}

func (s strict) Announce(_ context.Context, _, _, _ string, lasts time.Duration) error {
	if lasts < time.Minute || lasts > 24*time.Hour {
		s.t.Errorf("an announcement of %v", lasts)
	}
	return s.no()
}

func (s strict) SetClass(_ context.Context, _ string, v id.Visit, class, fact string) error {
	return s.shaped(cmp.Or(v.Check(), visit.Classed{Class: class, Fact: fact}.Check()))
}

func (s strict) Reprint(_ context.Context, _ string, v id.Visit) error { return s.shaped(v.Check()) }
func (s strict) Renew(_ context.Context, _ string, v id.Visit) error   { return s.shaped(v.Check()) }

func (s strict) Enter(_ context.Context, _ string, e desk.Entry) (id.Visit, error) {
	day := e.Came.Format(time.DateOnly)
	if day != "2026-11-26" || len(e.Services) != 1 || len(e.Served) != len(e.Outcomes) {
		s.t.Errorf("an entry %+v", e)
	}
	return "", s.shaped(e.Token.Check())
}

// FuzzForm presses what no button of these pages stands for. The answer is always a clear one.
func FuzzForm(f *testing.F) {
	f.Add("lang=en", "act=finish-done&receipt=1")
	f.Add("k=%zz", "print=job/x&act=next")
	f.Add("lang=ur", "act=draw-bed&wish=K5QXG43UOVZGKZDT&answer=allow")
	f.Add("", "act=draw-../x&wish=x&answer=refuse")
	f.Add("", "act=ask&answer=again")
	f.Add("token=b+42", "act=desk-pause&desk=A&pause=prayer&why=full&open=1")
	f.Add("token=%DB%B9", "act=say&text=x&minutes=15&room=1")
	f.Add("day=2026-11-26", "act=visit-class&visit=K5QXG43UOVZGKZDT&fact=over-60&day=2026-11-26")
	f.Add("", "number-1=%DB%B9&service-1=survey&came-1=9.05&ended-1=%DB%B1%DB%B0%DB%B0%DB%B5&number-2=b+905&service-2=survey&came-2=905")
	floor := &strict{}
	d, err := New(pagetest.Kit(f), nil, Config{
		Floor: floor, Zone: time.UTC, Catalogue: desk.Catalogue{Services: []desk.Service{{Code: "survey", Letter: "D"}}}, Road: func() Road { return Road{} }, Health: func() []health.Condition { return nil },
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
		for _, path := range []string{"/floor", "/floor/diagnosis", "/floor/act", "/floor/report", "/floor/report.csv", "/floor/book", "/floor/book/open", "/floor/book/sheet"} {
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
