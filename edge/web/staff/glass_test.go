package staff_test

import (
	"strconv"
	"strings"
	"testing"

	"markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	booked "markaz.example/edge/book/staff"
	"markaz.example/edge/chain"
	"markaz.example/edge/desk"
	"markaz.example/edge/ledger"
	"markaz.example/edge/web/webtest"
)

// The mother never was; her number is of no district.
var zarmina = map[string]string{"name": "Zarmina Bibi", "number": "69901-7654321-2", "birth": "1998-07"}

// masks are what stands in the place of what is not shown.
var masks = map[string]string{"name": "Z… B…", "number": "•••••-••••321-2", "birth": "•••"}

// registered is a centre where desk B serves a mother whom it registered, and that has a staff since. Zain pays, Rafia helps.
func registered(t *testing.T) (c *webtest.Centre, visit, mother string, staff map[booked.Role]webtest.Colleague) {
	t.Helper()
	c = webtest.Start(t)
	w := &window{t: t, c: c}
	visit = string(c.Visitor("nashonuma").Visit)
	if _, err := c.Floor.CallNext(t.Context(), "B"); err != nil {
		t.Fatal(err)
	}
	if err := c.Floor.Confirm(t.Context(), "B"); err != nil {
		t.Fatal(err)
	}
	status, body := w.post("/desk/B/household", "visit", visit, "act", "register", "as", "mother", "kind", "cnic", "sex", "female",
		"name", zarmina["name"], "number", zarmina["number"], "month", "7", "year", "1998")
	if status != 303 {
		t.Fatalf("register: %d %s", status, body)
	}
	err := c.Ledger.View(t.Context(), func(s ledger.Snapshot) error {
		for h := range household.All(s) {
			mother = string(h.Members[0].Person)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	manager, clerk, nurse, _ := c.Staff()
	staff = map[booked.Role]webtest.Colleague{booked.Manager: manager, booked.Clerk: clerk, booked.Nurse: nurse}
	for role, pin := range map[booked.Role]string{booked.Teller: "618294", booked.Helper: "947215"} {
		code, err := c.Floor.Enrol(t.Context(), desk.AtMachine, booked.Enrolled{Name: "Zain", Role: role}, pin)
		if err != nil {
			t.Fatal(err)
		}
		staff[role] = webtest.Colleague{Code: code, PIN: pin}
	}
	return c, visit, mother, staff
}

// shows is what the page shows of somebody when it is asked to.
func (w *window) shows(visit, person string) (status int, body string) {
	w.t.Helper()
	return w.post("/desk/B/household", "visit", visit, "act", "show", "person", person, "reason", "compare")
}

// Each role at each sealed field, by the page of the desk: what is theirs in full, the rest masked, and the look that is
// recorded names what was shown and no more.
func TestFieldsByRole(t *testing.T) {
	c, visit, mother, staff := registered(t)
	for role, sees := range map[booked.Role][]string{
		booked.Manager: {"name", "number", "birth"}, booked.Clerk: {"name", "number", "birth"},
		booked.Nurse: {"name", "birth"}, booked.Teller: {"name", "number"}, booked.Helper: nil,
	} {
		w := &window{t: t, c: c}
		if status := w.signIn("/desk/B", staff[role], "take-over", "1"); status != 303 {
			t.Fatalf("%s signs in: %d", role, status)
		}
		status, body := w.shows(visit, mother)
		if (status == 200) != (sees != nil) {
			t.Errorf("%s: %d", role, status)
		}
		for field, text := range zarmina {
			theirs := strings.Contains(strings.Join(sees, " "), field)
			if strings.Contains(body, text) != theirs {
				t.Errorf("%s sees %s: %v, want %v", role, field, !theirs, theirs)
			}
			if sees != nil && !theirs && !strings.Contains(body, masks[field]) {
				t.Errorf("%s is not shown the masked %s", role, field)
			}
		}
		if got := strings.Join(lookedAt(t, c), " "); sees != nil && got != strings.Join(sees, " ") {
			t.Errorf("%s: the look is at %q", role, got)
		}
		grown, _ := w.get("/desk/B/growth?lang=en")
		if (grown == 200) != (role != booked.Teller && role != booked.Helper) {
			t.Errorf("%s at the measurements: %d", role, grown)
		}
	}
}

// A nurse who is alone opens the number with a reason. The manager's page tells at once, and until it is confirmed.
func TestGlassByThePages(t *testing.T) {
	c, visit, mother, staff := registered(t)
	nurse, clerk, manager := &window{t: t, c: c}, &window{t: t, c: c}, &window{t: t, c: c}
	nurse.signIn("/desk/B", staff[booked.Nurse])
	clerk.signIn("/desk/A", staff[booked.Clerk])
	manager.signIn("/floor", staff[booked.Manager])
	_, body := nurse.shows(visit, mother)
	has(t, "the way there", body, `id="act-glass"`)
	status, body := nurse.get("/desk/B/glass?lang=en&back=household&visit=" + visit)
	if status != 200 {
		t.Fatalf("the page: %d", status)
	}
	has(t, "the number", body, `value="field-number"`)
	if strings.Contains(body, `value="field-name"`) || strings.Contains(body, "money") {
		t.Errorf("what is theirs, or nobody's, is offered:\n%s", body)
	}
	open := func(what string) (int, string) {
		return nurse.post("/desk/B/glass", "what", what, "reason", "nobody-here", "visit", visit, "back", "household")
	}
	status, body = open("field-number")
	if status != 409 {
		t.Errorf("while a clerk sits at a desk: %d", status)
	}
	has(t, "a clerk is there", body, "Ask the colleague who is signed in.")
	clerk.post("/desk/A/me", "act", "sign-out")
	for _, never := range []string{"act-pay", "act-refund", "act-correction", "act-staff", "field-money", "field-", "act-", ""} {
		if status, _ = open(never); status < 400 || status >= 500 {
			t.Errorf("%s: %d", never, status)
		}
	}
	if status, _ = open("field-number"); status != 303 {
		t.Fatalf("opened: %d", status)
	}
	_, body = nurse.shows(visit, mother)
	has(t, "the number", body, zarmina["number"])
	_, body = manager.get("/floor?lang=en")
	has(t, "the manager is told", body, "<bdi>Bilal · "+string(staff[booked.Nurse].Code)+"</bdi> opened what is not theirs")
	seq := seqOfGlass(t, c)
	if status, _ = manager.post("/floor/act", "act", "seen", "seq", seq); status != 303 {
		t.Errorf("seen: %d", status)
	}
	if _, body = manager.get("/floor?lang=en"); strings.Contains(body, "glass-card") {
		t.Error("the manager is told what they have confirmed")
	}
	_, body = manager.get("/floor/staff?lang=en")
	has(t, "the list of what needs a look", body, "opened what is not theirs: Identity numbers")
}

// lookedAt are the fields of the newest look.
func lookedAt(t *testing.T, c *webtest.Centre) (fields []string) {
	t.Helper()
	eachRecord(t, c, func(e ledger.Event, _ chain.Record) {
		if l, ok := e.(person.Looked); ok {
			fields = l.Fields
		}
	})
	return fields
}

// seqOfGlass is the record of the newest right that was taken.
func seqOfGlass(t *testing.T, c *webtest.Centre) (seq string) {
	t.Helper()
	eachRecord(t, c, func(e ledger.Event, r chain.Record) {
		if _, ok := e.(booked.BrokeGlass); ok {
			seq = strconv.FormatUint(r.Seq, 10)
		}
	})
	return seq
}

func eachRecord(t *testing.T, c *webtest.Centre, visit func(ledger.Event, chain.Record)) {
	t.Helper()
	stored, err := c.Ledger.Read(0, 1<<22)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range stored {
		r, err := chain.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		e, _, err := c.Ledger.Decode(r)
		if err != nil {
			t.Fatal(err)
		}
		visit(e, r)
	}
}
