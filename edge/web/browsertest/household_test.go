package browsertest

import (
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/input"

	"markaz.example/edge/web/webtest"
)

// The family here never was; the numbers are of no district.
//
// A mother is registered with a child by keyboard, a second child by touch, her number is found for the next visit, and
// what identifies them is on the screen only while somebody asked for it.
func TestRegisterAFamily(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	c.Visitor("nashonuma")
	c.Visitor("nashonuma")
	w := open(t, Browse(t), c.Desks+"/desk/B?lang=en", 1366, 768)
	serve(t, c, "B")
	w.press(".tool-household")
	w.sees("h1", "Register a family")
	shot{"household-find", "/desk/B/household?x=1", 1366, 768}.take(t, w, c.URL)
	shot{"household-find", "/desk/B/household?x=1", 390, 844}.take(t, w, c.URL)

	w.fill("#number", "69901-765432")
	w.key(input.Enter) // as a scanner does
	w.sees(".refusal", "Type all 13 digits")
	w.visit(c.Desks + "/desk/B/household?lang=en")
	w.fill("#number", "۶۹۹۰۱۷۶۵۴۳۲۱۲")
	w.key(input.Enter)
	w.sees(".refusal", "No family here has this number")
	w.press("#act-new")
	w.sees(".reg-form h2", "Register a new family")
	w.fill("#name", "زرمینہ بی بی")
	w.fill("#month", "7")
	w.fill("#year", "1998")
	w.picture("household-mother-1366-en")
	w.press("#act-register")
	w.sees(".reg-card", "ز… ب… ب…")
	w.sees(".reg-card", "day not known")

	w.key('c')
	w.fill("#name", "گل مینا")
	w.press("#sex-female")
	w.fill("#day", "14")
	w.fill("#month", "3")
	w.fill("#year", "2025")
	for _, size := range [][2]int{{1366, 768}, {390, 844}} {
		w.size(size[0], size[1])
		w.picture(map[int]string{1366: "household-child-1366-en", 390: "household-child-390-en"}[size[0]])
	}
	w.size(1366, 768)
	w.press("#act-add")
	w.sees(".reg-card", "send them to the NADRA desk")

	w.visit(c.Desks + "/desk/B/household?lang=en&do=child")
	w.fill("#name", "سپوگمئی")
	w.press("#sex-female")
	w.fill("#day", "14")
	w.fill("#month", "3")
	w.fill("#year", "2025")
	w.press("#act-add")
	w.sees(".reg-doubts", "this is a twin")
	w.picture("household-twin-1366-en")
	w.press("#confirm-twin")
	w.press("#act-add")
	w.sees(".reg-card", "س…")
	for _, size := range [][2]int{{1366, 768}, {1920, 1080}, {390, 844}} {
		shot{"household-family", "/desk/B/household?x=1", size[0], size[1]}.take(t, w, c.URL)
	}
	w.size(1366, 768)
	w.visit(c.Desks + "/desk/B/household?lang=en")
	w.press(".reg-acts button")
	w.sees(".reg-shown", "زرمینہ بی بی")
	w.sees(".reg-shown", "69901-7654321-2")
	w.picture("household-shown-1366-en")
	w.press("#act-hide")
	w.misses(".reg-shown")
	for _, secret := range []string{"زرمینہ", "7654321"} {
		if w.shows(secret) {
			t.Errorf("%s is on the screen, hidden", secret)
		}
	}

	if err := c.Floor.Finish(t.Context(), "B", "done", false); err != nil {
		t.Fatal(err)
	}
	w.sees("#regwho", "Nobody is at your desk")
	w.misses(".reg-card")
	serve(t, c, "B")
	w.visit(c.Desks + "/desk/B/household?lang=ur")
	w.fill("#number", "69901 7654321 2")
	w.press("#act-find")
	w.sees(".reg-found", "ز… ب… ب…")
	w.picture("household-found-1366-ur")
	w.accessible("a family found")
	w.press("#act-attach")
	w.sees(".reg-card", "آمد")
	w.press(".reg-acts a")
	w.sees(".reg-form h2", "درستی")
	w.picture("household-correct-1366-ur")
	w.accessible("a correction")
	w.size(390, 844)
	w.picture("household-correct-390-ur")
	w.visit(c.Desks + "/desk/B/household?do=child&lang=ur")
	w.judged("household-child")
}

// shows says whether a text is anywhere on the page, seen or not.
func (w window) shows(text string) bool {
	w.t.Helper()
	html, err := w.Page.HTML()
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.Contains(html, text)
}
