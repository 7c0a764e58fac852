package push

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"markaz.example/devices/paypoint/terminal"
	"markaz.example/devices/profile"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var secret = []byte("example-secret-of-32-bytes-long!")

type rig struct {
	h        *Handler
	heard    []terminal.Report
	troubles []string
}

func newRig() *rig {
	r := &rig{}
	r.h = &Handler{
		Profile: profile.Paypoint{Cash: profile.Cash{LowNotes: 400, OutNotes: 20}}, Bank: "hbl", Secret: secret,
		Has: func(id terminal.ID) (terminal.Terminal, bool) {
			return terminal.Terminal{ID: id, Kind: terminal.ATM}, id.Name == "047" || id.Name == "048"
		},
		Hear:    func(p terminal.Report) error { r.heard = append(r.heard, p); return nil },
		Trouble: func(why string) { r.troubles = append(r.troubles, why) },
	}
	return r
}

// post signs a body and sends it.
func (r *rig) post(t *testing.T, at time.Time, body string) (int, Answer) {
	t.Helper()
	req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	stamp, signature := Sign(secret, at, []byte(body))
	req.Header.Set(HeaderTime, stamp)
	req.Header.Set(HeaderSignature, signature)
	return r.do(t, req)
}

func (r *rig) do(t *testing.T, req *http.Request) (int, Answer) {
	t.Helper()
	w := httptest.NewRecorder()
	r.h.ServeHTTP(w, req)
	var a Answer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		t.Fatalf("answer %q: %v", w.Body, err)
	}
	return w.Code, a
}

func body(seq int, at time.Time, more string) string {
	b, _ := json.Marshal(map[string]any{"seq": seq, "at": at})
	return `{"v":1,"source":"hbl","terminal":"047","kind":"atm",` + string(b[1:len(b)-1]) + more + `}`
}

// example is the message of the contract's document.
const example = `{"v":1,"source":"hbl","terminal":"047","kind":"atm","seq":1182,"at":"2026-11-21T10:42:15Z","service":"in","link":"up",` +
	`"cassettes":[{"n":1,"denom":1000,"level":"ok","count":812},{"n":2,"denom":5000,"level":"low"}],` +
	`"receipt":"ok","journal":"out","cardReader":"ok","dispenser":"degraded","lastTxnAt":"2026-11-21T10:40:02Z"}`

func TestExample(t *testing.T) {
	list, err := parse([]byte(example))
	if err != nil || len(list) != 1 {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 21, 10, 42, 16, 0, time.UTC)
	got, ok := list[0].report(now, terminal.Levels{Low: 400, Out: 20})
	want := terminal.Report{
		ID: terminal.ID{Bank: "hbl", Name: "047"}, By: terminal.Push, Device: now.Add(-time.Second), Received: now, Whole: true,
		Money: time.Date(2026, 11, 21, 10, 40, 2, 0, time.UTC),
		Says: map[terminal.Axis]terminal.Value{
			terminal.Service: terminal.InService, terminal.Link: terminal.Online, terminal.Receipt: terminal.OK,
			terminal.Journal: terminal.Out, terminal.CardReader: terminal.OK, terminal.Dispenser: terminal.Degraded,
		},
		Cassettes: []terminal.Cassette{{Number: 1, Level: terminal.OK, Denom: 1000, Count: 812}, {Number: 2, Level: terminal.Low, Denom: 5000, Count: -1}},
	}
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Error(diff)
	}
}

// The contract's document shows this signature; anybody can make it with openssl.
func TestDocumentedSignature(t *testing.T) {
	const small = `{"v":1,"source":"hbl","terminal":"047","seq":1182,"at":"2026-11-21T10:42:15Z","service":"in","link":"up"}`
	stamp, signature := Sign(secret, time.Unix(1795257735, 0), []byte(small))
	doc, err := os.ReadFile("../../../docs/paypoint-push.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{small, stamp, signature, string(secret), HeaderTime, HeaderSignature} {
		if !bytes.Contains(doc, []byte(want)) {
			t.Errorf("docs/paypoint-push.md does not have %s", want)
		}
	}
	for _, why := range []string{NotJSON, WrongValue, UnknownSource, UnknownTerminal, WrongKind, Clock, Seq, CardData, WrongSignature, TooLarge, HalfMessage} {
		if !bytes.Contains(doc, []byte("`"+why+"`")) {
			t.Errorf("docs/paypoint-push.md does not explain `%s`", why)
		}
	}
}

func TestOnceAndInOrder(t *testing.T) {
	r, now := newRig(), time.Now()
	for _, c := range []struct {
		name   string
		body   string
		status int
		want   Answer
	}{
		{"the first", body(10, now, ""), 202, Answer{Accepted: 1}},
		{"again", body(10, now, ""), 202, Answer{Known: 1}},
		{"the next", body(12, now, ""), 202, Answer{Accepted: 1}},
		{"below the last", body(11, now, ""), 422, Answer{Refused: []Refusal{{"047", 11, Seq}}}},
		{"below the last, a snapshot", body(3, now, `,"snapshot":true`), 202, Answer{Accepted: 1}},
		{"the one before, late again", body(12, now, ""), 202, Answer{Known: 1}},
		{"after the snapshot", body(4, now, ""), 202, Answer{Accepted: 1}},
		{"two, one of them known", "[" + body(4, now, "") + "," + body(5, now, "") + "]", 202, Answer{Accepted: 1, Known: 1}},
		{"two, one of them wrong", "[" + body(6, now, "") + "," + body(7, now, `,"link":"maybe"`) + "]", 202, Answer{Accepted: 1, Refused: []Refusal{{"047", 7, WrongValue}}}},
	} {
		status, a := r.post(t, now, c.body)
		if diff := cmp.Diff(c.want, a); status != c.status || diff != "" {
			t.Errorf("%s: %d\n%s", c.name, status, diff)
		}
	}
	if len(r.heard) != 6 {
		t.Errorf("heard %d", len(r.heard))
	}
	for i := range recentMax * 2 {
		r.post(t, now, body(100+i, now, ""))
	}
	if n := len(r.h.seqs["047"].recent); n != recentMax {
		t.Errorf("%d numbers are remembered", n)
	}
}

func TestRefusals(t *testing.T) {
	now := time.Now()
	one := func(change, to string) string { return strings.Replace(body(1, now, `,"service":"in"`), change, to, 1) }
	for _, c := range []struct {
		name, body string
		signed     time.Time
		status     int
		why        string
	}{
		{"no JSON", `{"v":1`, now, 400, NotJSON},
		{"an unknown member", one(`"service":"in"`, `"balance":5000`), now, 400, NotJSON},
		{"two messages without a list", body(1, now, "") + body(2, now, ""), now, 400, NotJSON},
		{"an empty list", `[]`, now, 400, NotJSON},
		{"too many", `[` + strings.Repeat(`{},`, messagesMax) + `{}]`, now, 400, NotJSON},
		{"nothing", ``, now, 400, NotJSON},
		{"64 kB", body(1, now, "") + strings.Repeat(" ", bodyBytesMax), now, 413, TooLarge},
		{"another version", one(`"v":1`, `"v":2`), now, 422, WrongValue},
		{"no seq", one(`"seq":1`, `"seq":0`), now, 422, WrongValue},
		{"a seq as long as a card number", one(`"seq":1`, `"seq":1763721735123`), now, 422, WrongValue},
		{"another bank", one(`"hbl"`, `"bafl"`), now, 422, UnknownSource},
		{"another centre's terminal", one(`"047"`, `"999"`), now, 422, UnknownTerminal},
		{"a POS by that name", one(`"atm"`, `"pos"`), now, 422, WrongKind},
		{"a value that is none", one(`"in"`, `"fine"`), now, 422, WrongValue},
		{"cassette 0", one(`"service":"in"`, `"cassettes":[{"n":0}]`), now, 422, WrongValue},
		{"cassette 9", one(`"service":"in"`, `"cassettes":[{"n":9}]`), now, 422, WrongValue},
		{"less than no notes", one(`"service":"in"`, `"cassettes":[{"n":1,"count":-1}]`), now, 422, WrongValue},
		{"a level that is none", one(`"service":"in"`, `"cassettes":[{"n":1,"level":"full"}]`), now, 422, WrongValue},
		{"a clock 11 minutes ahead", body(1, now.Add(11*time.Minute), ""), now, 422, Clock},
		{"signed too early", body(1, now, ""), now.Add(-11 * time.Minute), 422, Clock},
		{"signed in the future", body(1, now, ""), now.Add(11 * time.Minute), 422, Clock},
	} {
		r := newRig()
		status, a := r.post(t, c.signed, c.body)
		if status != c.status || len(a.Refused) != 1 || a.Refused[0].Why != c.why || len(r.heard) != 0 || len(r.troubles) != 1 || r.troubles[0] != c.why {
			t.Errorf("%s: %d %+v, troubles %v", c.name, status, a, r.troubles)
		}
	}
	r := newRig()
	if status, _ := r.post(t, now, body(1, now.Add(9*time.Minute), "")); status != 202 {
		t.Errorf("nine minutes ahead: %d", status)
	}
}

// While nobody vouches for the box's clock a bank's time refuses nothing; its signature and its numbers do as ever.
func TestUnknownTimeRefusesNobody(t *testing.T) {
	now := time.Now()
	for _, box := range []time.Time{time.Unix(0, 0), time.Unix(1<<32, 0)} {
		r := newRig()
		r.h.Known = func() (time.Time, bool) { return box, false }
		if status, a := r.post(t, now, body(2, now, "")); status != 202 {
			t.Errorf("at %s: %d %+v", box, status, a)
		}
		if status, a := r.post(t, now, body(1, now, "")); status != 422 || a.Refused[0].Why != Seq {
			t.Errorf("at %s, an older number: %d %+v", box, status, a)
		}
		r.h.Known = func() (time.Time, bool) { return box, true }
		if status, a := r.post(t, now, body(3, now, "")); status != 422 || a.Refused[0].Why != Clock {
			t.Errorf("at %s that is known: %d %+v", box, status, a)
		}
	}
}

// What does not come is told from what is too much: the bank looks in another place.
func TestHalfABody(t *testing.T) {
	r := newRig()
	cut := io.MultiReader(strings.NewReader(`{"v":1,`), iotest.ErrReader(os.ErrDeadlineExceeded))
	status, a := r.do(t, httptest.NewRequest(http.MethodPost, "/", cut))
	if status != http.StatusRequestTimeout || len(a.Refused) != 1 || a.Refused[0].Why != HalfMessage || !slices.Equal(r.troubles, []string{HalfMessage}) {
		t.Errorf("%d %+v, troubles %v", status, a, r.troubles)
	}
}

func TestSignatures(t *testing.T) {
	now := time.Now()
	good := body(1, now, "")
	stamp, signature := Sign(secret, now, []byte(good))
	_, other := Sign([]byte("another secret of some length...."), now, []byte(good))
	for name, c := range map[string][3]string{
		"no headers":          {good, "", ""},
		"no signature":        {good, stamp, ""},
		"another secret":      {good, stamp, other},
		"another body":        {good + " ", stamp, signature},
		"another time":        {good, stamp + "0", signature},
		"a time in words":     {good, "now", signature},
		"a signature in hex?": {good, stamp, "zz"},
	} {
		r := newRig()
		req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(c[0]))
		req.Header.Set(HeaderTime, c[1])
		req.Header.Set(HeaderSignature, c[2])
		if status, a := r.do(t, req); status != 401 || a.Refused[0].Why != WrongSignature || len(r.heard) != 0 {
			t.Errorf("%s: %d %+v", name, status, a)
		}
	}
	r := newRig()
	r.h.Secret = nil
	if status, _ := r.post(t, now, good); status != 401 {
		t.Error("a line without a secret let somebody in")
	}
	w := httptest.NewRecorder()
	r.h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", w.Code)
	}
}

func TestCountsAndLevels(t *testing.T) {
	n := func(i int) *int { return &i }
	for _, c := range []struct {
		in   Cassette
		want terminal.Value
	}{
		{Cassette{N: 1, Level: "ok", Count: n(812)}, terminal.OK},
		{Cassette{N: 1, Level: "ok", Count: n(400)}, terminal.Low},
		{Cassette{N: 1, Level: "low", Count: n(800)}, terminal.Low},
		{Cassette{N: 1, Level: "ok", Count: n(20)}, terminal.Out},
		{Cassette{N: 1, Level: "fault", Count: n(300)}, terminal.Fault},
		{Cassette{N: 1, Level: "out", Count: n(300)}, terminal.Out},
		{Cassette{N: 1, Count: n(0)}, terminal.Out},
		{Cassette{N: 1}, terminal.Unknown},
	} {
		if got, ok := c.in.report(terminal.Levels{Low: 400, Out: 20}); !ok || got.Level != c.want {
			t.Errorf("%+v: %s, want %s", c.in, got.Level, c.want)
		}
	}
}

func TestClient(t *testing.T) {
	r := newRig()
	s := httptest.NewServer(r.h)
	defer s.Close()
	c := Client{URL: s.URL, Secret: secret, HTTP: s.Client()}
	m, _ := parse([]byte(example))
	m[0].At = time.Now()
	if a, err := c.Send(t.Context(), m...); err != nil || a.Accepted != 1 {
		t.Errorf("%+v, %v", a, err)
	}
	c.Now = func() time.Time { return time.Now().Add(time.Hour) }
	if a, err := c.Send(t.Context(), m...); err != nil || a.Refused[0].Why != Clock {
		t.Errorf("%+v, %v", a, err)
	}
	s.Close()
	if _, err := c.Send(t.Context(), m...); err == nil {
		t.Error("nobody is there")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(example))
	f.Add([]byte(`[{"v":1,"seq":1,"at":"2026-11-21T10:42:15Z","cassettes":[{"n":8,"count":0}]}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := parse(b)
		if err != nil {
			return
		}
		if len(list) == 0 || len(list) > messagesMax {
			t.Fatalf("%d messages", len(list))
		}
		for _, m := range list {
			r, ok := m.report(time.Unix(1795257735, 0), terminal.Levels{Low: 400, Out: 20})
			for _, c := range r.Cassettes {
				if ok && (c.Number < 1 || c.Number > terminal.CassettesMax) {
					t.Fatalf("%+v", c)
				}
			}
		}
	})
}

// FuzzUnsigned: nothing counts without the bank's signature, whatever the headers and the body.
func FuzzUnsigned(f *testing.F) {
	f.Add("1764000000", "c2lnbmF0dXJl", []byte(example))
	f.Fuzz(func(t *testing.T, stamp, signature string, body []byte) {
		if _, ours := signed(secret, stamp, signature, body); ours {
			return // nobody will find one
		}
		r := newRig()
		req := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		req.Header[HeaderTime], req.Header[HeaderSignature] = []string{stamp}, []string{signature}
		w := httptest.NewRecorder()
		r.h.ServeHTTP(w, req)
		if w.Code < 400 || len(r.heard) > 0 {
			t.Errorf("answered %d, and heard %v", w.Code, r.heard)
		}
	})
}
