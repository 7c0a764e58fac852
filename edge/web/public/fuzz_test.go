package public

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
	"markaz.example/edge/web/page/pagetest"
)

// strict is a floor that knows nothing, and fails the test when it is asked for something that has not its shape.
type strict struct{ t *testing.T }

func (s strict) Ask(_ context.Context, a desk.Asking) (id.Visit, error) {
	if len(a.Services) > chosenMax || !page.Lang(a.Lang).Known() || len(a.Actor) > len("kiosk/99") {
		s.t.Errorf("asked for %d services in %q at %q", len(a.Services), a.Lang, a.Actor)
	}
	return "", &desk.Refusal{Code: desk.NoSuchService}
}

func (s strict) PrintAgain(context.Context, string, id.Visit) error { return nil }

func (s strict) Slip(_ context.Context, v id.Visit) (desk.Slip, error) {
	if err := v.Check(); err != nil {
		s.t.Error(err)
	}
	return desk.Slip{}, &desk.Refusal{Code: desk.NoSuchVisit}
}

func (s strict) ByCode(_ context.Context, c id.Code) (desk.Place, error) {
	if err := c.Check(); err != nil {
		s.t.Error(err)
	}
	return desk.Place{}, &desk.Refusal{Code: desk.NoSuchVisit}
}

func (s strict) ByToken(_ context.Context, t id.Token) (desk.Place, error) {
	if err := t.Check(); err != nil {
		s.t.Error(err)
	}
	return desk.Place{}, &desk.Refusal{Code: desk.NoSuchVisit}
}

func (s strict) CheckIn(_ context.Context, actor string, p id.Pass) (id.Visit, error) {
	if err := p.Check(); err != nil || len(actor) > len("kiosk/99") {
		s.t.Errorf("%s checked in with %q: %v", actor, p, err)
	}
	return "", &desk.Refusal{Code: desk.NoSuchBooking}
}

func (s strict) Cancel(_ context.Context, actor string, v id.Visit, _ string) error {
	s.t.Errorf("%s cancelled %s, which nobody has", actor, v)
	return nil
}

// FuzzForm sends what strangers may: any path segment, any query, any body. The answer is always a clear one.
func FuzzForm(f *testing.F) {
	f.Add("K5QXG43UOVZGKZDT", "k=1&lang=en", "only=kafaalat&press=x")
	f.Add("..", "k=%zz", "service=a&service=a;only")
	f.Add("K5QXG43UOVZGKZDT", "k=1&lang=sd&life=1", "slip=HTTP://10.1.0.1/T/K5QXG43UOVZGKZDT&act=cancel")
	f.Add("x", "", "slip=a042&service=kafaalat&fact=pregnant&persons=3&visitor=ps")
	f.Add("x", "k=1", "slip=4071 8852&lang=ur")
	floor := &strict{}
	p, err := New(pagetest.Kit(f), nil, floor, desk.Catalogue{})
	if err != nil {
		f.Fatal(err)
	}
	mux := http.NewServeMux()
	p.Routes(mux)
	f.Fuzz(func(t *testing.T, segment, query, body string) {
		floor.t = t
		for _, path := range []string{"/kiosk", "/kiosk/slip/" + segment, "/t/" + segment, "/kiosk/where", "/kiosk/booked", "/door"} {
			for _, method := range []string{"GET", "POST"} {
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
