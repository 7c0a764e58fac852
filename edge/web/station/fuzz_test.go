package station

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"markaz.example/edge/book/identity"
	"markaz.example/edge/book/reading"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/station"
	"markaz.example/edge/web/page/pagetest"
)

// strict is a floor that serves somebody at desk A, and fails the test when it is to record what the book would not take.
type strict struct{ t *testing.T }

const visitor = id.Visit("K5QXG43UOVZGKZDT")

func at(d id.Desk) error {
	if d != "A" {
		return desk.Refuse(desk.NoSuchDesk)
	}
	return nil
}

func (strict) Identity(_ context.Context, d id.Desk) (desk.Identity, error) {
	return desk.Identity{Visit: visitor, Token: "K041", Finger: "right-index", Left: 2}, at(d)
}

func (strict) Except(_ context.Context, d id.Desk, reason string) error {
	if err := at(d); err != nil {
		return err
	}
	if identity.CheckReason(reason) != nil {
		return desk.Refuse(desk.BadReason)
	}
	return nil
}

func (s strict) FileCase(ctx context.Context, d id.Desk, reason string) (id.Case, error) {
	return "", s.Except(ctx, d, reason)
}

func (strict) Readings(_ context.Context, d id.Desk) (desk.Readings, error) {
	return desk.Readings{Visit: visitor, Token: "K041"}, at(d)
}

func (strict) PrintResult(_ context.Context, d id.Desk) error { return at(d) }

func (strict) Tried(context.Context, id.Desk, id.Visit, identity.Tried) error { return nil }

func (s strict) Measured(_ context.Context, d id.Desk, v id.Visit, all []reading.Taken) error {
	for _, e := range all {
		e.Desk = d
		if err := e.Check(); err != nil || v != visitor {
			s.t.Errorf("%+v of visit %q: %v", e, v, err)
		}
	}
	return nil
}

// FuzzForm presses buttons in any order, presses what no button stands for, and types anything. The answer is always a
// clear one, and what is to be recorded is what a book takes.
func FuzzForm(f *testing.F) {
	f.Add("A", "begin-arm", "type", "115", "type")
	f.Add("A", "take", "except", "worn", "file")
	f.Add("..", "begin-weight", "zero", "\xff", "now")
	pages, err := New(pagetest.Kit(f), nil, nil, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, segment, first, second, value, third string) {
		floor, s := strict{t}, *pages
		s.floor, s.at = floor, station.New(floor, map[id.Desk]station.Instruments{"A": {}}, nil)
		mux := http.NewServeMux()
		s.Routes(mux)
		for _, act := range []string{first, second, third} {
			form := url.Values{"act": {act}, "value": {value}, "reason": {value}}.Encode()
			for _, path := range []string{"/desk/A/measure", "/desk/A/finger", "/desk/" + segment + "/measure", "/desk/" + segment + "/finger"} {
				for _, method := range []string{http.MethodPost, http.MethodGet} {
					r := httptest.NewRequest(method, "/", strings.NewReader(form))
					r.URL.Path = path
					r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
					w := httptest.NewRecorder()
					mux.ServeHTTP(w, r)
					if w.Code >= 500 {
						t.Errorf("%s %s with %q: %d", method, path, form, w.Code)
					}
				}
			}
		}
	})
}
