package household

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	book "markaz.example/edge/book/household"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/registration"
	"markaz.example/edge/web/page/pagetest"
)

// strict is a floor with a family at desk A. It fails the test when it is to record what nobody may type.
type strict struct{ t *testing.T }

const (
	visitor = id.Visit("VVVVVVVVVVVVVVVV")
	ours    = id.Household("HHHHHHHHHHHHHHHH")
	mother  = id.Person("MMMMMMMMMMMMMMMM")
)

func today() time.Time { return time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC) }

func (strict) Desk(_ context.Context, d id.Desk) (registration.Desk, error) {
	if d != "A" {
		return registration.Desk{}, desk.Refuse(desk.NoSuchDesk)
	}
	f := registration.Family{ID: ours, Here: true, Members: []registration.Member{{Person: mother, As: book.Mother, Sex: civil.Female, Months: 300}}}
	return registration.Desk{Visit: visitor, Token: "N041", Family: &f}, nil
}

func (s strict) FindFamily(_ context.Context, _ id.Desk, n civil.Number) (registration.Family, error) {
	if len(n.Digits()) != 13 {
		s.t.Errorf("looked for a number of %d digits", len(n.Digits()))
	}
	return registration.Family{}, desk.Refuse(desk.NobodyKnown)
}

func (strict) AttachFamily(context.Context, id.Desk, id.Visit, id.Household) error {
	return desk.Refuse(desk.NobodyKnown)
}

func (s strict) RegisterFamily(_ context.Context, _ id.Desk, _ id.Visit, e registration.Registrant) (registration.Family, error) {
	if e.Name.None() || e.Sex.Check() != nil || e.Number.None() != (e.NumberKind == "") || e.As == "" {
		s.t.Errorf("registering without name, sex or place")
	}
	return registration.Family{}, desk.Refuse(desk.PersonDoubt)
}

func (s strict) AddMember(ctx context.Context, d id.Desk, v id.Visit, _ id.Household, e registration.Registrant) (registration.Family, error) {
	return s.RegisterFamily(ctx, d, v, e)
}

func (strict) ShowPerson(_ context.Context, _ id.Desk, _ id.Visit, p id.Person, _ string) (registration.Shown, error) {
	return registration.Shown{Person: p}, nil
}

func (strict) CorrectPerson(context.Context, id.Desk, id.Visit, id.Person, registration.Correction) error {
	return desk.Refuse(desk.PersonDoubt)
}

func (strict) Doubts(_ context.Context, _ id.Household, e registration.Registrant) (out []string, err error) {
	for _, d := range e.Number.Doubts(e.Sex) {
		out = append(out, string(d))
	}
	return out, nil
}

// FuzzForm sends forms with anything in them. The answer is always a clear one, in words, and no address has anything of
// what was typed.
func FuzzForm(f *testing.F) {
	f.Add("A", "find", "69901-7654321-2", "", "", "", "", "")
	f.Add("A", "register", "۶۹۹۰۱۷۶۵۴۳۲۱۲", "Zarmina Bibi", "female", "7", "1998", "mother")
	f.Add("A", "add", "", "گل مینا", "male", "3", "2025", "child")
	f.Add("A", "correct", "1111111111111", "x", "other", "13", "0", "number")
	f.Add("A", "show", "\xff", "\x00", "<b>", "-", "9999", "\u202e")
	f.Add("..", "new", "1", "", "", "", "", "")
	pages, err := New(pagetest.Kit(f), nil, nil, today)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, segment, act, number, name, sex, month, year, other string) {
		h := *pages
		h.registry = strict{t}
		mux := http.NewServeMux()
		h.Routes(mux)
		form := url.Values{
			"act": {act}, "visit": {string(visitor)}, "household": {other}, "number": {number}, "kind": {other}, "name": {name},
			"sex": {sex}, "month": {month}, "year": {year}, "months": {year}, "as": {other}, "what": {other}, "reason": {other},
			"person": {string(mother)}, "confirm": {other, sex},
		}.Encode()
		for _, path := range []string{"/desk/A/household", "/desk/" + segment + "/household"} {
			w := send(mux, http.MethodPost, path, form)
			if w.Code >= 500 {
				t.Errorf("%q: %d", form, w.Code)
			}
			if to := w.Header().Get("Location"); to != "" && to != "/desk/A/household?lang=ur" && path == "/desk/A/household" {
				t.Errorf("leads to %q", to)
			}
			if w = send(mux, http.MethodGet, path+"?do="+url.QueryEscape(act)+"&person="+url.QueryEscape(other), ""); w.Code >= 500 {
				t.Errorf("do=%q: %d", act, w.Code)
			}
		}
	})
}

// What was typed for one visit is neither recorded nor shown again once the desk serves another.
func TestFormOfAVisitThatIsOver(t *testing.T) {
	h, err := New(pagetest.Kit(t), nil, strict{t}, today)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	h.Routes(mux)
	for _, act := range []string{"find", "new", "attach", "register", "add", "show", "correct"} {
		form := url.Values{"act": {act}, "visit": {"AAAAAAAAAAAAAAAA"}, "name": {"Zarmina"}, "number": {"69901-7654321-2"}, "sex": {"female"}, "as": {"mother"}}
		w := send(mux, http.MethodPost, "/desk/A/household", form.Encode())
		if w.Code != http.StatusConflict || strings.Contains(w.Body.String(), "Zarmina") || strings.Contains(w.Body.String(), "7654321") {
			t.Errorf("%s: %d, or what was typed is shown again", act, w.Code)
		}
	}
	form := url.Values{"act": {"new"}, "visit": {string(visitor)}, "name": {"Zarmina"}, "number": {"69901-7654321-2"}}
	if w := send(mux, http.MethodPost, "/desk/A/household", form.Encode()); w.Code != http.StatusOK {
		t.Errorf("control: %d", w.Code)
	}
}

func send(mux *http.ServeMux, method, path, form string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/", strings.NewReader(form))
	path, r.URL.RawQuery, _ = strings.Cut(path, "?")
	r.URL.Path = path
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}
