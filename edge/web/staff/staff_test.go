package staff_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"markaz.example/edge/book/household"
	booked "markaz.example/edge/book/staff"
	"markaz.example/edge/chain"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/web/webtest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

// window is a browser's cookies for one place.
type window struct {
	t      *testing.T
	c      *webtest.Centre
	cookie *http.Cookie
}

func (w *window) do(method, path string, form url.Values, header http.Header) (int, http.Header, string) {
	w.t.Helper()
	r, err := http.NewRequest(method, w.c.At(path)+path, strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, values := range header {
		r.Header[name] = values
	}
	if w.cookie != nil {
		r.AddCookie(w.cookie)
	}
	answer, err := w.c.Client().Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	for _, c := range answer.Cookies() {
		if strings.HasPrefix(c.Name, "__Host-console-") {
			w.cookie = c
		}
	}
	return answer.StatusCode, answer.Header, string(body)
}

func (w *window) get(path string) (int, string) {
	w.t.Helper()
	status, _, body := w.do("GET", path, nil, nil)
	return status, body
}

func (w *window) post(path string, pairs ...string) (int, string) {
	w.t.Helper()
	form := url.Values{"lang": {"en"}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	status, _, body := w.do("POST", path, form, nil)
	return status, body
}

func (w *window) signIn(place string, who webtest.Colleague, more ...string) int {
	w.t.Helper()
	status, _ := w.post(place+"/sign-in", append([]string{"code", string(who.Code), "pin", who.PIN}, more...)...)
	return status
}

func has(t *testing.T, what, page, want string) {
	t.Helper()
	if !strings.Contains(page, want) {
		t.Errorf("%s: %q is not on the page:\n%s", what, want, page)
	}
}

// Without a staff every page is as it was; with one, desks and the floor ask who is there, and everybody's pages do not.
func TestPagesAskWhoIsThere(t *testing.T) {
	c := webtest.Start(t)
	w := &window{t: t, c: c}
	staffed := map[string]int{
		"/desk": 200, "/kiosk": 200, "/hall": 200, "/desk/A": 403, "/desk/A/finger": 403, "/desk/B/measure": 403, "/floor": 403,
		"/floor/devices": 403, "/floor/staff": 403, "/desk/A/me": 403, "/desk/Z": 404, "/api/figures": 200,
	}
	for path := range staffed {
		if status, _ := w.get(path); status == 403 {
			t.Errorf("without a staff: %s: %d", path, status)
		}
	}
	c.Staff()
	for path, want := range staffed {
		if status, _ := w.get(path); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
	if status, _, body := w.do("POST", "/desk/A", url.Values{"act": {"next"}}, http.Header{"Markaz-Push": {"1"}}); status != 403 || !strings.HasPrefix(body, `<div class="refusal"`) {
		t.Errorf("a press without a seat: %d, %s", status, body)
	}
}

func TestCookie(t *testing.T) {
	c := webtest.Start(t)
	_, sadia, bilal, _ := c.Staff()
	w := &window{t: t, c: c}
	status, body := w.post("/desk/A/sign-in", "code", "2", "pin", "111222")
	if status != 403 || w.cookie != nil {
		t.Errorf("a wrong PIN: %d, %v", status, w.cookie)
	}
	has(t, "a wrong PIN", body, "Code or PIN is not right.")
	has(t, "the code stays", body, `value="2"`)
	if strings.Contains(body, "111222") {
		t.Error("the PIN comes back")
	}
	if status := w.signIn("/desk/A", sadia); status != 303 {
		t.Fatalf("sign in: %d", status)
	}
	k := w.cookie
	if !k.HttpOnly || k.SameSite != http.SameSiteStrictMode || k.Name != "__Host-console-desk-A" || k.Path != "/" || !k.Secure || k.Domain != "" || k.MaxAge < 3600 {
		t.Errorf("the cookie is %+v", k)
	}
	status, body = w.get("/desk/A?lang=en")
	if status != 200 {
		t.Errorf("the desk: %d", status)
	}
	has(t, "who sits here", body, sadia.Name)
	if status, _ := w.get("/desk/B"); status != 403 {
		t.Errorf("another desk with this cookie: %d", status)
	}
	c.Stop()
	c.Start()
	if status, _ := w.get("/desk/A"); status != 200 {
		t.Errorf("after a restart: %d", status)
	}
	other := &window{t: t, c: c, cookie: &http.Cookie{Name: k.Name, Value: strings.Repeat("A", len(k.Value))}}
	if status := other.signIn("/desk/A", bilal, "take-over", "1"); status != 303 || other.cookie.Value == strings.Repeat("A", len(k.Value)) {
		t.Errorf("a planted cookie stays: %d", status)
	}
}

// A desk that is taken over says so at once on the first console, and its presses are refused in words.
func TestTakeOverIsVisible(t *testing.T) {
	c := webtest.Start(t)
	_, sadia, bilal, _ := c.Staff()
	first, second := &window{t: t, c: c}, &window{t: t, c: c}
	first.signIn("/desk/A", sadia)
	socket := dial(t, c, "/desk/A/live", first.cookie)
	if status := second.signIn("/desk/A", bilal); status != 409 {
		t.Errorf("without taking over: %d", status)
	}
	if status := second.signIn("/desk/A", bilal, "take-over", "1"); status != 303 {
		t.Fatalf("take over: %d", status)
	}
	for reload := false; !reload; {
		var said struct {
			Reload bool `json:"reload"`
		}
		if err := socket.ReadJSON(&said); err != nil {
			t.Fatalf("the first console's socket ended without a word: %v", err)
		}
		reload = said.Reload
	}
	status, body := first.get("/desk/A?lang=en")
	if status != 403 {
		t.Errorf("the first console: %d", status)
	}
	has(t, "the first console", body, "This desk was taken over by <bdi>Bilal</bdi> (<bdi>"+string(bilal.Code)+"</bdi>)")
	_, _, refused := first.do("POST", "/desk/A", url.Values{"act": {"next"}, "lang": {"en"}}, http.Header{"Markaz-Push": {"1"}})
	has(t, "its press", refused, "Somebody else has this desk now.")
	if _, err := http.Get(c.URL); err != nil {
		t.Fatal(err)
	}
}

func dial(t *testing.T, c *webtest.Centre, path string, cookie *http.Cookie) *websocket.Conn {
	t.Helper()
	url, origin := c.Socket(path)
	header := http.Header{"Origin": {origin}}
	if cookie != nil {
		header.Set("Cookie", cookie.Name+"="+cookie.Value)
	}
	conn, answer, err := (&websocket.Dialer{TLSClientConfig: c.Trust()}).Dial(url, header)
	if err != nil {
		t.Fatalf("socket: %v, %v", err, answer)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// Sockets of desks and of the floor want a seat, and an Origin of our own that is there.
func TestSocketsWantASeat(t *testing.T) {
	c := webtest.Start(t)
	_, sadia, _, _ := c.Staff()
	w := &window{t: t, c: c}
	w.signIn("/desk/A", sadia)
	own := w.cookie.Name + "=" + w.cookie.Value
	for name, tt := range map[string]struct {
		path   string
		header http.Header
		want   int
	}{
		"no cookie":      {"/desk/A/live", http.Header{"Origin": {c.Desks}}, 403},
		"another desk":   {"/desk/B/live", http.Header{"Origin": {c.Desks}, "Cookie": {own}}, 403},
		"the floor":      {"/floor/live", http.Header{"Origin": {c.Desks}, "Cookie": {own}}, 403},
		"machines":       {"/floor/devices/live", http.Header{"Origin": {c.Desks}, "Cookie": {own}}, 403},
		"an instrument":  {"/desk/A/finger/live", http.Header{"Origin": {c.Desks}}, 403},
		"no origin":      {"/desk/A/live", http.Header{"Cookie": {own}}, 403},
		"another origin": {"/desk/A/live", http.Header{"Origin": {"http://evil.example"}, "Cookie": {own}}, 403},
	} {
		_, answer, err := (&websocket.Dialer{TLSClientConfig: c.Trust()}).Dial("ws"+strings.TrimPrefix(c.Desks, "http")+tt.path, tt.header)
		if err == nil || answer == nil || answer.StatusCode != tt.want {
			t.Errorf("%s: %v, %v", name, answer, err)
		}
	}
	dial(t, c, "/desk/A/live", w.cookie)
	dial(t, c, "/hall/live", nil)
}

// The manager's pages are the manager's; machines are the technician's too.
func TestFloorByRole(t *testing.T) {
	c := webtest.Start(t)
	manager, sadia, _, technician := c.Staff()
	w := &window{t: t, c: c}
	if status := w.signIn("/floor", sadia); status != 403 || w.cookie != nil {
		t.Errorf("a clerk: %d", status)
	}
	w.signIn("/floor", technician)
	for path, want := range map[string]int{"/floor": 403, "/floor/staff": 403, "/floor/devices": 200, "/floor/me": 200} {
		if status, _ := w.get(path); status != want {
			t.Errorf("a technician at %s: %d, want %d", path, status, want)
		}
	}
	if status, _ := w.post("/floor/staff", "act", "pin", "who", string(manager.Code), "pin", "957281"); status != 403 {
		t.Errorf("a technician sets a PIN: %d", status)
	}
	m := &window{t: t, c: c}
	m.signIn("/floor", manager)
	status, body := m.post("/floor/staff", "act", "enrol", "name", "Zubair", "role", "teller", "pin", "847362", "languages", "ur، ps")
	if status != 200 {
		t.Errorf("enrol: %d", status)
	}
	has(t, "the new code", body, "<bdi>S005</bdi>")
	status, body = m.post("/floor/staff", "act", "enrol", "name", "", "role", "teller", "pin", "847362")
	if status != 422 {
		t.Errorf("enrol nobody: %d", status)
	}
	has(t, "what is missing", body, "Something is missing.")
	if status, _ := m.get("/floor/staff?who=7&lang=en"); status != 200 {
		t.Errorf("of one person: %d", status)
	}
}

// An act of two people leads to a page where the second signs, and then happens; the records name both.
func TestSecondPerson(t *testing.T) {
	c := webtest.Start(t)
	manager, sadia, _, _ := c.Staff()
	slip := c.Visitor("kafaalat")
	m := &window{t: t, c: c}
	m.signIn("/floor", manager)
	job := jobOf(t, c, slip)
	status, header, _ := m.do("POST", "/floor", url.Values{"print": {job}, "lang": {"en"}}, http.Header{"Markaz-Push": {"1"}})
	if status != 204 || header.Get("Markaz-Go") != "/floor/second?lang=en" {
		t.Errorf("pushed: %d, %v", status, header)
	}
	if status, _ := m.post("/floor", "print", job); status != 303 {
		t.Fatalf("a reprint: %d", status)
	}
	status, body := m.get("/floor/second?lang=en")
	if status != 200 {
		t.Fatalf("the page of the second person: %d", status)
	}
	has(t, "what it is about", body, "A second copy of a slip")
	status, body = m.post("/floor/second", "code", string(manager.Code), "pin", manager.PIN)
	if status != 409 {
		t.Errorf("oneself: %d", status)
	}
	has(t, "oneself", body, "Somebody else has to approve this.")
	status, header, _ = m.do("POST", "/floor/second", url.Values{"lang": {"en"}, "code": {string(sadia.Code)}, "pin": {sadia.PIN}}, nil)
	if status != 303 || !strings.HasPrefix(header.Get("Location"), "/floor?") {
		t.Errorf("a colleague: %d, %s", status, header.Get("Location"))
	}
	_, body = m.get("/floor/staff?lang=en")
	has(t, "noted", body, "<bdi>Sadia · S002</bdi> approved for <bdi>Nasreen · S001</bdi>")
}

// An account that failures locked is opened by the manager and a colleague.
func TestSecondPersonOpensAnAccount(t *testing.T) {
	c := webtest.Start(t)
	manager, sadia, bilal, _ := c.Staff()
	lock(t, c, bilal.Code)
	m := &window{t: t, c: c}
	m.signIn("/floor", manager)
	if status, _ := m.post("/floor/staff", "act", "unlock", "who", string(bilal.Code)); status != 303 {
		t.Fatalf("open it: %d", status)
	}
	_, body := m.get("/floor/second?lang=en")
	has(t, "what it is about", body, "Opening a locked account")
	status, _ := m.post("/floor/second", "code", string(bilal.Code), "pin", bilal.PIN)
	if status != 403 {
		t.Errorf("whose account it is: %d", status)
	}
	if status, _ := m.post("/floor/second", "code", string(sadia.Code), "pin", sadia.PIN); status != 303 {
		t.Errorf("a colleague: %d", status)
	}
	w := &window{t: t, c: c}
	if status := w.signIn("/desk/A", bilal); status != 303 {
		t.Errorf("whose account is open: %d", status)
	}
}

// lock locks an account as failures do, without their delays.
func lock(t *testing.T, c *webtest.Centre, s id.Staff) {
	t.Helper()
	err := c.Ledger.Update(t.Context(), "test", func(tx *ledger.Tx) error {
		return tx.Append(string(s), booked.Locked{Reason: desk.ReasonFailures})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A press that a desk cannot take back alone any more is offered with a second person; without one it is not.
func TestLateUndo(t *testing.T) {
	c := webtest.Start(t)
	c.Floor.Patience = desk.DefaultPatience()
	c.Floor.Patience.UndoWithin = -1 // over before it began
	c.Visitor("kafaalat")
	manager, sadia, _, _ := c.Staff()
	w := &window{t: t, c: c}
	w.signIn("/desk/A", sadia)
	w.post("/desk/A", "act", "next")
	_, body := w.get("/desk/A?lang=en")
	has(t, "late", body, "Take back, with a second person: called")
	if strings.Contains(body, `id="act-undo"`) {
		t.Error("the desk's own undo is offered too")
	}
	if status, _ := w.post("/desk/A", "act", "undo"); status != 303 {
		t.Errorf("take it back: %d", status)
	}
	_, body = w.get("/desk/A/second?lang=en")
	has(t, "what it is about", body, "Undoing an older act")
	if status, _ := w.post("/desk/A/second", "code", string(manager.Code), "pin", manager.PIN); status != 303 {
		t.Errorf("the manager: %d", status)
	}
	_, body = w.get("/desk/A?lang=en")
	has(t, "taken back", body, "Nobody is at your desk")
}

func jobOf(t *testing.T, c *webtest.Centre, s desk.Slip) string {
	t.Helper()
	job, err := c.JobOf(context.Background(), s.Visit)
	if err != nil {
		t.Fatal(err)
	}
	return "job/" + string(job)
}

func TestPauseHandOverSignOut(t *testing.T) {
	c := webtest.Start(t)
	_, sadia, bilal, _ := c.Staff()
	w := &window{t: t, c: c}
	w.signIn("/desk/A", sadia)
	w.post("/desk/A/me", "act", "pause", "reason", "prayer")
	_, body := w.get("/desk/A/me?lang=en")
	has(t, "paused", body, "Prayer")
	status, body := w.post("/desk/A", "act", "next")
	if status != 409 {
		t.Errorf("call while paused: %d", status)
	}
	has(t, "call while paused", body, "not open")
	w.post("/desk/A/me", "act", "resume")
	status, body = w.post("/desk/A/me", "act", "hand-over", "code", string(bilal.Code), "pin", "111222")
	if status != 403 {
		t.Errorf("hand over: %d", status)
	}
	has(t, "hand over", body, "Code or PIN is not right.")
	w.post("/desk/A/me", "act", "hand-over", "code", string(bilal.Code), "pin", bilal.PIN)
	_, body = w.get("/desk/A")
	has(t, "handed over", body, "Bilal")
	status, body = w.post("/desk/A/me", "act", "pin", "old", bilal.PIN, "fresh", "957281")
	if status != 200 {
		t.Errorf("own PIN: %d", status)
	}
	has(t, "own PIN", body, "Your PIN is changed.")
	w.post("/desk/A/me", "act", "sign-out")
	if status, _ := w.get("/desk/A"); status != 403 {
		t.Errorf("signed out: %d", status)
	}
}

// A class is given at the door by somebody who signed in there, and the record names them.
func TestDoorIsSomebodys(t *testing.T) {
	c := webtest.Start(t)
	w := &window{t: t, c: c}
	ask := func(press string) int {
		status, _ := w.post("/door", "press", press, "service", "kafaalat", "fact", "over-60", "persons", "1", "visitor", "en")
		return status
	}
	if status := ask("open"); status != 303 {
		t.Fatalf("without a staff: %d, want 303", status)
	}
	_, sadia, _, technician := c.Staff()
	if status, _ := w.get("/door?lang=en"); status != 403 {
		t.Errorf("the door without a sign-in: %d, want 403", status)
	}
	if status := ask("nobody"); status != 403 {
		t.Errorf("a class from nobody: %d, want 403", status)
	}
	if status := w.signIn("/door", technician); status != 403 {
		t.Errorf("a technician at the door: %d, want 403", status)
	}
	if status := w.signIn("/door", sadia); status != 303 {
		t.Fatalf("sign in: %d, want 303", status)
	}
	if status := ask("sadia"); status != 303 {
		t.Errorf("a class from %s: %d, want 303", sadia.Name, status)
	}
	if got, want := actorOf(t, c, "A002"), "door/"+string(sadia.Code); got != want {
		t.Errorf("the record is by %q, want %q", got, want)
	}
	desk := &window{t: t, c: c}
	if status := desk.signIn("/desk/A", sadia); status != 303 {
		t.Fatalf("sign in at a desk: %d, want 303", status)
	}
	if status := ask("left"); status != 403 {
		t.Errorf("from the door that was left for a desk: %d, want 403", status)
	}
}

// actorOf is who gave a number.
func actorOf(t *testing.T, c *webtest.Centre, number id.Token) (actor string) {
	t.Helper()
	at, err := c.Floor.ByToken(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	records, err := c.Ledger.Read(0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range records {
		r, err := chain.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if r.Subject == string(at.Visit) && strings.HasPrefix(string(r.Kind), "visit.opened/") {
			return r.Actor
		}
	}
	t.Fatalf("no record opens %s", number)
	return ""
}

// A correction of who somebody is goes through the same page, and is done with what was typed before.
func TestSecondPersonForACorrection(t *testing.T) {
	c := webtest.Start(t)
	slip := c.Visitor("nashonuma")
	_, sadia, bilal, _ := c.Staff()
	w := &window{t: t, c: c}
	w.signIn("/desk/B", sadia)
	ctx := desk.From(t.Context(), seatOf(t, c, w.cookie))
	if _, err := c.Floor.CallNext(ctx, "B"); err != nil {
		t.Fatal(err)
	}
	if err := c.Floor.Confirm(ctx, "B"); err != nil {
		t.Fatal(err)
	}
	send := func(pairs ...string) (int, string) {
		return w.post("/desk/B/household", append([]string{"visit", string(slip.Visit)}, pairs...)...)
	}
	if status, body := send("act", "register", "as", "mother", "kind", "cnic", "name", "Zarmina Bibi", "sex", "female",
		"number", "69901-7654321-2", "month", "7", "year", "1998"); status != 303 {
		t.Fatalf("register: %d, %s", status, body)
	}
	correct := []string{"act", "correct", "person", motherOf(t, c), "what", "name", "reason", "typing", "name", "Spozhmai Bibi"}
	if status, body := send(correct...); status != 303 {
		t.Fatalf("a correction, alone: %d, %s", status, body)
	}
	_, body := w.get("/desk/B/second?lang=en")
	has(t, "what it is about", body, "A correction of a record")
	if status, body := w.post("/desk/B/second", "code", string(bilal.Code), "pin", bilal.PIN); status != 303 {
		t.Fatalf("a colleague: %d, %s", status, body)
	}
	_, body = send("act", "show", "person", correct[3], "reason", "compare")
	has(t, "corrected", body, "Spozhmai Bibi")
}

// seatOf is the seat of a console at desk B.
func seatOf(t *testing.T, c *webtest.Centre, cookie *http.Cookie) desk.Seat {
	t.Helper()
	sum := sha256.Sum256([]byte(cookie.Value))
	st, err := c.Floor.Standing(t.Context(), "desk/B", booked.Console(hex.EncodeToString(sum[:16])))
	if err != nil || !st.Mine {
		t.Fatalf("at desk B: %+v, %v", st, err)
	}
	return st.Seat
}

// motherOf is the first member of the only family.
func motherOf(t *testing.T, c *webtest.Centre) (person string) {
	t.Helper()
	err := c.Ledger.View(t.Context(), func(s ledger.Snapshot) error {
		for h := range household.All(s) {
			person = string(h.Members[0].Person)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return person
}
