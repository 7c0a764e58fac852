package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"markaz.example/edge/web"
	"markaz.example/edge/web/page"
	"markaz.example/edge/web/webtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answer is what came back, body read.
type answer struct {
	*http.Response
	body string
}

func do(t *testing.T, c *webtest.Centre, r *http.Request) answer {
	t.Helper()
	got, err := c.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{got, string(body)}
}

func get(t *testing.T, c *webtest.Centre, url string) answer {
	t.Helper()
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, c, r)
}

func form(t *testing.T, url string, fields url.Values) *http.Request {
	t.Helper()
	r, err := http.NewRequest("POST", url, strings.NewReader(fields.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func post(t *testing.T, c *webtest.Centre, url string, pairs ...string) answer {
	t.Helper()
	return do(t, c, form(t, url, values(pairs...)))
}

func values(pairs ...string) url.Values {
	out := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		out.Add(pairs[i], pairs[i+1])
	}
	return out
}

func wants(t *testing.T, what string, got answer, status int, texts ...string) {
	t.Helper()
	if got.StatusCode != status {
		t.Errorf("%s: got status %d, want %d:\n%s", what, got.StatusCode, status, got.body)
	}
	for _, text := range texts {
		if !strings.Contains(got.body, text) {
			t.Errorf("%s: no %q in\n%s", what, text, got.body)
		}
	}
}

// until asks for a page after every change of the ledger until it shows a text.
func until(t *testing.T, c *webtest.Centre, url, text string) {
	t.Helper()
	for {
		changed := c.Ledger.Changed() // before the look, or a change after it would be missed
		got := get(t, c, url)
		if strings.Contains(got.body, text) {
			return
		}
		select {
		case <-changed:
		case <-t.Context().Done():
			t.Fatalf("%s never showed %q:\n%s", url, text, got.body)
		}
	}
}

// A visit from the first touch to the last press, with forms alone, as a browser without our module does it.
func TestWithoutTheModule(t *testing.T) {
	c := webtest.Start(t)
	asked := post(t, c, c.URL+"/kiosk?lang=en", "k", "2", "lang", "en", "service", "survey", "service", "payment", "chosen", "1")
	wants(t, "ask", asked, http.StatusSeeOther)
	slip := asked.Header.Get("Location")
	until(t, c, c.URL+slip, "Please take your paper below")
	wants(t, "slip", get(t, c, c.URL+slip), 200, "D001", `data-home="/kiosk?k=2`)
	called := post(t, c, c.Desks+"/desk/C", "lang", "en", "act", "next")
	wants(t, "call", called, http.StatusSeeOther)
	if to := called.Header.Get("Location"); to != "/desk/C?lang=en" {
		t.Errorf("after a call the desk is sent to %q", to)
	}
	wants(t, "hall", get(t, c, c.URL+"/hall?lang=en"), 200, "D001", `<bdi class="letter">C</bdi>`)
	wants(t, "call again, too soon", post(t, c, c.Desks+"/desk/C", "lang", "en", "act", "again"), http.StatusConflict,
		"They were called a moment ago", "D001")
	wants(t, "give up, too soon", post(t, c, c.Desks+"/desk/C", "lang", "en", "act", "absent"), http.StatusConflict, "too early")
	wants(t, "finish before present", post(t, c, c.Desks+"/desk/C", "lang", "en", "act", "finish-done"), http.StatusConflict)
	wants(t, "present", post(t, c, c.Desks+"/desk/C", "act", "present"), http.StatusSeeOther)
	wants(t, "next while serving", post(t, c, c.Desks+"/desk/C", "lang", "en", "act", "next"), http.StatusConflict,
		"Finish with this person first")
	wants(t, "finish", post(t, c, c.Desks+"/desk/C", "act", "finish-papers-missing"), http.StatusSeeOther)
	wants(t, "the second stop", post(t, c, c.Desks+"/desk/D", "act", "next"), http.StatusSeeOther)
	wants(t, "hall again", get(t, c, c.URL+"/hall?lang=en"), 200, `<bdi class="letter">D</bdi>`)
}

func TestPhonePage(t *testing.T) {
	c := webtest.Start(t)
	first, second := c.Visitor("kafaalat"), c.Visitor("kafaalat")
	code := string(second.Code)
	for _, path := range []string{"/T/" + code, "/t/" + code, "/t/" + strings.ToLower(code)} {
		got := get(t, c, c.At(path)+path+"?lang=en")
		wants(t, path, got, 200, "A002", "People before you", "</span> <bdi>1</bdi>")
		if cookies := got.Header.Values("Set-Cookie"); cookies != nil {
			t.Errorf("the phone page sets cookies: %q", cookies)
		}
	}
	if _, err := c.Floor.CallNext(t.Context(), "A"); err != nil {
		t.Fatal(err)
	}
	wants(t, "called", get(t, c, c.URL+"/T/"+string(first.Code)+"?lang=en"), 200, "It is your turn", `<bdi class="letter">A</bdi>`)
	wants(t, "no such code", get(t, c, c.URL+"/t/AAAAAAAAAAAAAAAA"), http.StatusNotFound)
	wants(t, "garbage", get(t, c, c.URL+"/t/..%2f..%2fetc"), http.StatusNotFound)
}

// One press that a screen sends twice gives one number; another press gives another.
func TestPressTwice(t *testing.T) {
	c := webtest.Start(t)
	release := c.Printer.Slow()
	defer release()
	press := func(name string) string {
		return post(t, c, c.URL+"/kiosk", "only", "kafaalat", "press", name).Header.Get("Location")
	}
	if a, b := press("one"), press("one"); a != b || a == "" {
		t.Errorf("one press sent twice led to %q and %q", a, b)
	}
	if a, b := press("two"), press("three"); a == b {
		t.Errorf("two presses led both to %q", a)
	}
	if f, err := c.Floor.Figures(t.Context()); err != nil || f.Asked != 3 {
		t.Errorf("numbers given: %d, %v; want 3", f.Asked, err)
	}
}

// Paper out: the visitor is told, the number is not waiting; printed when there is paper, and once for two presses.
func TestPaperOut(t *testing.T) {
	c := webtest.Start(t)
	c.Printer.Break("paper-out")
	slip := c.Visitor("nashonuma")
	url := c.URL + "/kiosk/slip/" + string(slip.Visit) + "?lang=en"
	wants(t, "slip", get(t, c, url), 200, "The printer has no paper", "Your number is not in the line yet", "Print my paper")
	wants(t, "floor", get(t, c, c.Desks+"/floor?lang=en"), 200, "B001", "Held", `name="print"`)
	wants(t, "nobody waits", post(t, c, c.Desks+"/desk/B", "lang", "en", "act", "next"), http.StatusConflict, "Nobody is waiting")
	c.Printer.Break("")
	release := c.Printer.Slow()
	wants(t, "print", post(t, c, c.URL+"/kiosk/slip/"+string(slip.Visit), "k", "1"), http.StatusSeeOther)
	wants(t, "print on the floor", post(t, c, c.Desks+"/floor", "print", string(slip.Visit)), http.StatusSeeOther)
	release()
	until(t, c, url, "Please take your paper below")
	if out := c.Printer.Out(); len(out) != 1 || out[0].Reprint {
		t.Errorf("papers out: %+v, want one first copy", out)
	}
	wants(t, "print once more", post(t, c, c.Desks+"/floor", "lang", "en", "print", string(slip.Visit)), http.StatusConflict,
		"This paper is already out")
}

// Garbage gets a clear answer, in words, and writes nothing.
func TestGarbage(t *testing.T) {
	c := webtest.Start(t)
	slip := c.Visitor("kafaalat")
	before := c.Ledger.Acknowledged()
	foreign := form(t, c.URL+"/kiosk", values("only", "kafaalat"))
	foreign.Header.Set("Origin", "http://evil.example")
	crossSite := form(t, c.Desks+"/desk/A", values("act", "next"))
	crossSite.Header.Set("Sec-Fetch-Site", "cross-site")
	huge := form(t, c.URL+"/kiosk", values("only", strings.Repeat("x", 1<<20)))
	broken := form(t, c.URL+"/kiosk", nil)
	broken.Body, broken.ContentLength = io.NopCloser(strings.NewReader("only=%zz")), 8
	many := url.Values{"service": make([]string, 40)}
	remove, err := http.NewRequest("DELETE", c.URL+"/hall", nil)
	if err != nil {
		t.Fatal(err)
	}
	for what, tc := range map[string]struct {
		r      *http.Request
		status int
	}{
		"unknown service":          {form(t, c.URL+"/kiosk", values("only", "nothing-of-ours")), 422},
		"a service that is none":   {form(t, c.URL+"/kiosk", values("only", "'; drop table--")), 422},
		"no service":               {form(t, c.URL+"/kiosk", values("chosen", "1")), 422},
		"one service twice":        {form(t, c.URL+"/kiosk", values("service", "survey", "service", "survey")), 422},
		"forty services":           {form(t, c.URL+"/kiosk", many), 400},
		"a kiosk that cannot be":   {form(t, c.URL+"/kiosk", values("k", "-1", "only", "survey")), 400},
		"form of another site":     {foreign, 403},
		"press of another site":    {crossSite, 403},
		"a megabyte":               {huge, 413},
		"no form at all":           {broken, 400},
		"wrong method":             {remove, 405},
		"form to a screen":         {form(t, c.URL+"/hall", values("a", "b")), 405},
		"unknown desk":             {form(t, c.Desks+"/desk/Z", values("act", "next")), 404},
		"desk that cannot be":      {form(t, c.Desks+"/desk/%00", values("act", "next")), 404},
		"unknown act":              {form(t, c.Desks+"/desk/A", values("act", "format-disk")), 400},
		"unknown outcome":          {form(t, c.Desks+"/desk/A", values("act", "finish-bribed")), 400},
		"print no visit":           {form(t, c.Desks+"/floor", values("print", "x")), 400},
		"print an unknown visit":   {form(t, c.Desks+"/floor", values("print", "AAAAAAAAAAAAAAAA")), 404},
		"slip of an unknown visit": {form(t, c.URL+"/kiosk/slip/AAAAAAAAAAAAAAAA", nil), 404},
		"slip in hand":             {form(t, c.URL+"/kiosk/slip/"+string(slip.Visit), nil), 409},
	} {
		got := do(t, c, tc.r)
		if got.StatusCode != tc.status || !strings.Contains(got.body, "<html lang=") {
			t.Errorf("%s: got %d, want %d and a page:\n%s", what, got.StatusCode, tc.status, got.body)
		}
	}
	if after := c.Ledger.Acknowledged(); after != before {
		t.Errorf("garbage wrote records: from %d to %d", before.Seq, after.Seq)
	}
	wants(t, "control: the same form without garbage", post(t, c, c.URL+"/kiosk", "only", "survey"), http.StatusSeeOther)
	if after := c.Ledger.Acknowledged(); after == before {
		t.Error("control: a good form wrote nothing")
	}
}

// A refusal of a pushed press is a piece of page in words, and a good one has no body.
func TestPushedPress(t *testing.T) {
	c := webtest.Start(t)
	c.Visitor("kafaalat")
	push := func() answer {
		r := form(t, c.Desks+"/desk/A", values("act", "next", "lang", "en"))
		r.Header.Set("Markaz-Push", "1")
		return do(t, c, r)
	}
	wants(t, "first", push(), http.StatusNoContent)
	got := push()
	wants(t, "second", got, http.StatusConflict, "Somebody is called already")
	if !strings.HasPrefix(got.body, `<div class="refusal"`) {
		t.Errorf("the refusal is no piece that the module knows:\n%s", got.body)
	}
}

func TestHeaders(t *testing.T) {
	c := webtest.Start(t)
	for _, path := range []string{"/kiosk", "/hall", "/desk", "/desk/A", "/floor", "/nowhere", "/healthz"} {
		h := get(t, c, c.At(path)+path).Header
		policy := h.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") ||
			strings.Contains(policy, "unsafe") {
			t.Errorf("%s: content policy %q", path, policy)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: headers %v", path, h)
		}
	}
	page := get(t, c, c.URL+"/kiosk").body
	for _, inline := range []string{"<style", " style=", " onclick=", "<script>", "http://", "https://"} {
		if strings.Contains(page, inline) {
			t.Errorf("the kiosk's page has %q in it", inline)
		}
	}
}

func TestAssets(t *testing.T) {
	c := webtest.Start(t)
	page := get(t, c, c.URL+"/hall").body
	_, rest, _ := strings.Cut(page, `rel="stylesheet" href="`)
	sheet, _, _ := strings.Cut(rest, `"`)
	for _, path := range []string{sheet, strings.Replace(sheet, "markaz.css", "live.js", 1), "/assets/fonts/NotoSans-Bold.ttf"} {
		got := get(t, c, c.At(path)+path)
		if cache := got.Header.Get("Cache-Control"); got.StatusCode != 200 || !strings.Contains(cache, "immutable") {
			t.Errorf("%s: status %d, cache %q", path, got.StatusCode, cache)
		}
	}
	for _, path := range []string{"/assets/", "/assets/fonts/", "/assets/fonts/passwd", "/assets/x/../../site.go", "/assets/x/%2e%2e"} {
		if got := get(t, c, c.At(path)+path); got.StatusCode == 200 {
			t.Errorf("%s is served:\n%s", path, got.body)
		}
	}
}

// Before the ledger is open, and when it cannot be opened, every page says so and asks again.
func TestBeforeAndWithoutALedger(t *testing.T) {
	site, err := web.New(web.Config{Centre: page.Name{Ur: "مرکز", En: "Centre"}, Fonts: webtest.Fonts()})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(path string) answer {
		w := httptest.NewRecorder()
		site.Public().ServeHTTP(w, httptest.NewRequest("GET", "http://localhost"+path, nil))
		return answer{w.Result(), w.Body.String()}
	}
	wants(t, "starting", ask("/hall?lang=en"), 503, "The box is starting", `http-equiv="refresh"`)
	wants(t, "starting, for machines", ask("/healthz"), 503, `"starting"`)
	wants(t, "a socket while starting", ask("/hall/live"), 503)
	site.Fail(errors.New("record 7 is <damaged>"))
	wants(t, "broken", ask("/kiosk?lang=en"), 503, "The box needs attention", "record 7 is &lt;damaged&gt;")
	wants(t, "broken, for machines", ask("/healthz"), 503, `"broken"`)
	if err := site.Open(web.Backing{}); err == nil {
		t.Error("a site opened without a floor")
	}
}

func TestHealthz(t *testing.T) {
	c := webtest.Start(t)
	got := get(t, c, c.Desks+"/healthz")
	var said struct {
		State string
		Head  uint64
	}
	if err := json.Unmarshal([]byte(got.body), &said); err != nil || said.State != "open" || said.Head == 0 || got.StatusCode != 200 {
		t.Errorf("healthz: %d %s (%v)", got.StatusCode, got.body, err)
	}
}

// A floor whose ledger has stopped refuses in words; nothing is blank.
func TestStoppedLedger(t *testing.T) {
	c := webtest.Start(t)
	c.Visitor("kafaalat")
	public, desks := c.Site.Public(), c.Site.Desks()
	c.Stop()
	for path, pages := range map[string]http.Handler{"/hall?lang=en": public, "/desk/A?lang=en": desks, "/floor?lang=en": desks} {
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), "GET", "http://localhost"+path, nil))
		if w.Code != 503 || !strings.Contains(w.Body.String(), "The box needs attention") {
			t.Errorf("%s with the ledger closed: %d\n%s", path, w.Code, w.Body)
		}
	}
}
