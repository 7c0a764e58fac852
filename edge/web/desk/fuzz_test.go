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

func (s strict) Undo(context.Context, id.Desk) error                { return s.no() }
func (s strict) Resume(context.Context, id.Desk) error              { return s.no() }
func (strict) Colleagues(context.Context) ([]desk.Colleague, error) { return nil, nil }

// shaped fails the test for what has not its shape.
func (s strict) shaped(errs ...error) error {
	s.t.Helper()
	if err := errors.Join(errs...); err != nil {
		s.t.Error(err)
	}
	return s.no()
}

func (s strict) Finish(_ context.Context, _ id.Desk, outcome string, _ bool) error {
	return s.shaped(visit.CheckWord(outcome))
}

func (s strict) FinishNext(_ context.Context, _ id.Desk, outcome string, _ bool) (*desk.Call, error) {
	return nil, s.shaped(visit.CheckWord(outcome))
}

func (s strict) ConfirmCode(_ context.Context, _ id.Desk, c id.Code) error {
	if c == "" { // what was scanned is no slip's
		return s.no()
	}
	return s.shaped(c.Check())
}

func (s strict) CallThis(_ context.Context, _ id.Desk, v id.Visit, reason string) (*desk.Call, error) {
	return nil, s.shaped(v.Check(), visit.CheckWord(reason))
}

func (s strict) Hold(_ context.Context, _ id.Desk, reason string) error {
	return s.shaped(visit.CheckWord(reason))
}

func (s strict) Park(_ context.Context, _ id.Desk, reason string, _ bool) error {
	return s.shaped(visit.CheckWord(reason))
}

func (s strict) Fail(_ context.Context, _ id.Desk, reason string) error {
	return s.shaped(visit.CheckWord(reason))
}

func (s strict) ServeQuick(_ context.Context, _ id.Desk, about id.Service) error {
	return s.shaped(about.Check())
}

func (s strict) Pause(_ context.Context, _ id.Desk, reason string) error {
	return s.shaped(visit.CheckWord(reason))
}

func (s strict) Transfer(_ context.Context, _ id.Desk, to desk.Handing) error {
	errs := []error{to.Service.Check(), visit.CheckStaff(to.Staff)}
	if to.Desk != "" {
		errs = append(errs, to.Desk.Check())
	}
	if to.Note != "" {
		errs = append(errs, visit.CheckWord(to.Note))
	}
	return s.shaped(errs...)
}

func (s strict) AddStop(_ context.Context, _ id.Desk, added id.Service, _ bool) error {
	return s.shaped(added.Check())
}

func (s strict) CancelStop(_ context.Context, _ string, v id.Visit, index int, reason string) error {
	if index < 0 || index > 255 {
		s.t.Errorf("stop %d", index)
	}
	return s.shaped(v.Check(), visit.CheckWord(reason))
}

func (s strict) Split(_ context.Context, _ string, v id.Visit, persons int, services []id.Service) (id.Visit, error) {
	if persons < 0 || persons > 255 || len(services) > visit.AskedMax {
		s.t.Errorf("%d go on by themselves for %d services", persons, len(services))
	}
	errs := []error{v.Check()}
	for _, code := range services {
		errs = append(errs, code.Check())
	}
	return "", s.shaped(errs...)
}

func (s strict) Leave(_ context.Context, _ string, v id.Visit, reason string) error {
	return s.shaped(v.Check(), visit.CheckWord(reason))
}

func (s strict) ByToken(_ context.Context, n id.Token) (desk.Place, error) {
	if err := n.Check(); err != nil {
		s.t.Error(err)
	}
	return desk.Place{Visit: "K5QXG43UOVZGKZDT"}, nil
}

func (s strict) Back(_ context.Context, _ string, v id.Visit) error   { return s.shaped(v.Check()) }
func (s strict) Unpark(_ context.Context, _ string, v id.Visit) error { return s.shaped(v.Check()) }
func (s strict) Return(_ context.Context, _ string, v id.Visit) error { return s.shaped(v.Check()) }

func (s strict) DeskBoard(_ context.Context, d id.Desk) (desk.DeskBoard, error) {
	if d != "A" {
		return desk.DeskBoard{}, desk.Refuse(desk.NoSuchDesk)
	}
	return desk.DeskBoard{Current: &desk.Call{Visit: "K5QXG43UOVZGKZDT", State: visit.StateServing, Persons: 3, Stops: []desk.Stop{{}}}}, nil
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
	f.Add("A", "", "act=pick-ill&visit=K5QXG43UOVZGKZDT")
	f.Add("A", "", "act=transfer&to=kafaalat+staff%2FS001&note=papers-seen")
	f.Add("A", "", "act=transfer&to=kafaalat+desk%2F..&note=")
	f.Add("A", "", "act=split&persons=2&service=kafaalat&service=survey")
	f.Add("A", "", "act=scan&code=HTTP%3A%2F%2F10.0.0.1%2FT%2Fk5qxg43uovzgkzdt")
	f.Add("A", "", "act=cancel-256")
	f.Add("A", "", "act=quick-kafaalat")
	f.Add("A", "", "act=quick-..")
	f.Add("A", "", "act=add&service=survey&when=next")
	f.Add("A", "", "act=hold-nadra&pool=1")
	f.Add("A", "", "act=return&token=a042")
	f.Add("A", "", "act=then-done&receipt=1")
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
