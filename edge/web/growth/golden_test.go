package growth_test

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"markaz.example/edge/web/page/pagetest"
	"markaz.example/edge/web/webtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// atDesk is desk B of a centre, asked over HTTP as a browser asks it.
type atDesk struct {
	t      *testing.T
	c      *webtest.Centre
	client *http.Client
	visit  string
}

// The people of these pages never were; the number is of no district. The pages stand in the order in which a desk sees
// them: a wasted girl whose first length is a slip of the digit, then her mother.
func TestPages(t *testing.T) {
	d := begin(t)
	d.shows("nobody", "")
	d.serve()
	d.shows("no-family", "")
	d.registers()
	d.shows("family", "")
	people := d.people()
	mother, girl := people[0], people[1]
	d.shows("child", "of="+girl)
	d.shows("child-by-stature", "tab=weight-stature&of="+girl)

	read := d.reads(girl, "79.4", "79.6")
	d.answers("again", http.StatusOK, "try", d.reads(girl, "79.4", "81.9"))
	d.answers("concern", http.StatusOK, "try", d.reads(girl, "97.4", "97.6"))
	d.answers("doubted", http.StatusConflict, "save", d.reads(girl, "97.4", "97.6"))
	d.answers("not-a-length", http.StatusConflict, "try", d.reads(girl, "794", ""))
	d.answers("trial", http.StatusOK, "try", read)
	d.does("save", read)
	d.shows("kept", "of="+girl)
	d.shows("corrects", "of="+girl+"&instead="+d.finds("of="+girl, `name="instead" value="([1-9][0-9]*)"`))
	d.does("print", read)

	d.shows("woman", "of="+mother)
	d.answers("woman-again", http.StatusConflict, "arm", url.Values{"of": {mother}, "arm": {"231"}})
	d.does("arm", url.Values{"of": {mother}, "arm": {"231", "232"}})
	d.shows("woman-well", "")
	d.does("arm", url.Values{"of": {mother}, "arm": {"221", "222"}})
	d.shows("measured", "")
}

// What was typed for one visit is not recorded once the desk serves another, and a stranger is no child of the family.
func TestFormOfAnotherVisit(t *testing.T) {
	d := begin(t)
	d.serve()
	d.registers()
	girl := d.people()[1]
	read := d.reads(girl, "79.4", "79.6")
	for name, change := range map[string]url.Values{
		"another visit": {"visit": {"AAAAAAAAAAAAAAAA"}}, "a stranger": {"of": {"BBBBBBBBBBBBBBBB"}}, "the mother": {"of": {d.people()[0]}},
	} {
		form := url.Values{}
		for _, all := range []url.Values{read, change} {
			for key, values := range all {
				form[key] = values
			}
		}
		if status, _ := d.post("en", "save", form); status != http.StatusConflict && status != http.StatusNotFound {
			t.Errorf("%s: %d", name, status)
		}
	}
	if _, page := d.get("en", "of="+girl); strings.Contains(page, `id="kept"`) {
		t.Error("a refused form was recorded")
	}
	d.does("save", read)
	if _, page := d.get("en", "of="+girl); !strings.Contains(page, `id="kept"`) {
		t.Error("control: nothing is kept of the child that was served")
	}
}

// Nothing acute is wrong with a child who is short and light for her age. She is not told to grow well all the same.
func TestShortChildIsNotToldThatAllIsWell(t *testing.T) {
	d := begin(t)
	d.serve()
	d.registers()
	girl := d.people()[1]
	read := d.reads(girl, "72.4", "72.6")
	read["weight"], read["arm"] = []string{"7.80", "7.80"}, []string{"133", "134"}
	for lang, want := range map[string]string{"en": "Watch the growth", "ur": "نشوونما پر نظر رکھیں"} {
		_, page := d.post(lang, "try", read)
		if !strings.Contains(page, want) || strings.Contains(page, "Growing well") {
			t.Errorf("%s: not told to watch: %s", lang, page)
		}
	}
	d.does("save", read)
	if _, page := d.get("en", ""); !strings.Contains(page, "growth-is-watch") {
		t.Error("the family does not show it")
	}
	read["weight"], read["stature"] = []string{"9.60", "9.60"}, []string{"79.4", "79.6"}
	if _, page := d.post("en", "try", read); !strings.Contains(page, "Growing well") {
		t.Errorf("control: a child who is well is not told so: %s", page)
	}
}

func begin(t *testing.T) *atDesk {
	t.Helper()
	c := webtest.Start(t)
	c.Stop()
	c.Offers = webtest.Nashonuma()
	c.Start()
	client := c.Client()
	t.Cleanup(client.CloseIdleConnections)
	return &atDesk{t: t, c: c, client: client}
}

// serve has somebody come for measuring.
func (d *atDesk) serve() {
	d.t.Helper()
	d.visit = string(d.c.Visitor("measuring").Visit)
	if _, err := d.c.Floor.CallNext(d.t.Context(), "B"); err != nil {
		d.t.Fatal(err)
	}
	if err := d.c.Floor.Confirm(d.t.Context(), "B"); err != nil {
		d.t.Fatal(err)
	}
}

// registers makes the visit a mother's with one daughter.
func (d *atDesk) registers() {
	d.t.Helper()
	d.sends("household", "register", url.Values{"as": {"mother"}, "name": {"زرمینہ بی بی"}, "sex": {"female"}, "month": {"7"}, "year": {"1998"},
		"number": {"69901-7654321-2"}, "kind": {"cnic"}})
	_, page := d.ask(http.MethodGet, "household", "lang=en&do=child", nil)
	of := regexp.MustCompile(`name="household" value="([A-Z2-7]{16})"`).FindStringSubmatch(page)
	if of == nil {
		d.t.Fatalf("no household in %s", page)
	}
	d.sends("household", "add", url.Values{"household": {of[1]}, "as": {"child"}, "name": {"گل مینا"}, "sex": {"female"}, "day": {"14"}, "month": {"5"},
		"year": {"2025"}, "kind": {"b-form"}})
}

// people are the persons that the page leads to, in its order.
func (d *atDesk) people() (out []string) {
	d.t.Helper()
	_, page := d.get("en", "")
	for _, found := range regexp.MustCompile(`id="of-([A-Z2-7]{16})"`).FindAllStringSubmatch(page, -1) {
		out = append(out, found[1])
	}
	if len(out) != 2 {
		d.t.Fatalf("%d people in %s", len(out), page)
	}
	return out
}

func (d *atDesk) reads(of, first, second string) url.Values {
	return url.Values{"of": {of}, "weight": {"7.88", "۷٫۸۹"}, "stature": {first, second}, "arm": {"113", "114"}, "position": {"lying"}, "oedema": {"no"}}
}

// shows holds a page in both languages.
func (d *atDesk) shows(name, query string) {
	d.t.Helper()
	for _, lang := range []string{"ur", "en"} {
		status, page := d.get(lang, query)
		d.golden(name, lang, status, http.StatusOK, page)
	}
}

// answers holds what a press that records nothing is answered with.
func (d *atDesk) answers(name string, want int, act string, form url.Values) {
	d.t.Helper()
	for _, lang := range []string{"ur", "en"} {
		status, page := d.post(lang, act, form)
		d.golden(name, lang, status, want, page)
	}
}

func (d *atDesk) does(act string, form url.Values) {
	d.t.Helper()
	d.sends("growth", act, form)
}

// sends presses and holds that it was done.
func (d *atDesk) sends(to, act string, form url.Values) {
	d.t.Helper()
	if status, page := d.ask(http.MethodPost, to, "", d.form("en", act, form)); status != http.StatusSeeOther {
		d.t.Fatalf("%s: %d %s", act, status, page)
	}
}

func (d *atDesk) get(lang, query string) (int, string) {
	d.t.Helper()
	return d.ask(http.MethodGet, "growth", "lang="+lang+"&"+query, nil)
}

func (d *atDesk) post(lang, act string, form url.Values) (int, string) {
	d.t.Helper()
	return d.ask(http.MethodPost, "growth", "", d.form(lang, act, form))
}

// form is what was typed with what each form of the page hides, unless it is given.
func (d *atDesk) form(lang, act string, typed url.Values) url.Values {
	out := url.Values{"lang": {lang}, "visit": {d.visit}, "act": {act}}
	for key, values := range typed {
		out[key] = values
	}
	return out
}

func (d *atDesk) finds(query, pattern string) string {
	d.t.Helper()
	_, page := d.get("en", query)
	found := regexp.MustCompile(pattern).FindStringSubmatch(page)
	if found == nil {
		d.t.Fatalf("no %s in %s", pattern, page)
	}
	return found[1]
}

func (d *atDesk) ask(method, page, query string, form url.Values) (int, string) {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), method, d.c.Desks+"/desk/B/"+page+"?"+query, strings.NewReader(form.Encode()))
	if err != nil {
		d.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := d.client.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func (d *atDesk) golden(name, lang string, status, want int, page string) {
	d.t.Helper()
	if status != want {
		d.t.Errorf("%s in %s: %d, want %d", name, lang, status, want)
	}
	for _, secret := range []string{"زرمینہ", "7654321"} {
		if strings.Contains(page, secret) {
			d.t.Errorf("%s in %s tells %s", name, lang, secret)
		}
	}
	pagetest.Compare(d.t, *update, filepath.Join("testdata", name+"-"+lang+".html"), settled(page))
}

var (
	ids     = regexp.MustCompile(`\b[A-Z2-7]{16}\b`)
	records = regexp.MustCompile(`(name="(?:from|instead)" value="|(?:from|instead)=)[1-9][0-9]*`)
	proofs  = regexp.MustCompile(`<input type="hidden" name="proof" value="[^"]+">`) // what every form of a desk has besides
	build   = regexp.MustCompile(`data-build="([^"]+)"`)
)

// settled is a page without what is another in each run: names of visits and persons, places of records, the build.
func settled(page string) string {
	if b := build.FindStringSubmatch(page); b != nil {
		page = strings.ReplaceAll(page, b[1], "BUILD")
	}
	page = proofs.ReplaceAllString(page, "")
	known := map[string]string{}
	page = ids.ReplaceAllStringFunc(page, func(name string) string {
		if known[name] == "" {
			known[name] = fmt.Sprintf("ID%d", len(known)+1)
		}
		return known[name]
	})
	return records.ReplaceAllString(page, "${1}SEQ")
}
