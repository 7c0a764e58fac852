package browsertest

import (
	"fmt"
	"testing"

	"github.com/go-rod/rod/lib/input"

	"markaz.example/edge/id"
	"markaz.example/edge/web/webtest"
)

// The family here never was; the numbers are of no district.
//
// A mother with two children walks the whole journey with the link to headquarters cut: kiosk, registration, the scale,
// lengths and arms, check-up, food, payment. One child is severely wasted: an impossible length is caught while it is
// there, and the doctor becomes its next stop. Names stay masked on the page.
func TestMotherWithTwoChildren(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	c.Stop()
	c.Offers, c.Hall.Voice.Store = webtest.Nashonuma(), webtest.Voice()
	c.Start()
	b := Browse(t)
	kiosk := open(t, b, c.URL+"/kiosk?k=1&life=1", 1366, 768)
	if !kiosk.becomes(`() => document.querySelectorAll(".say:not([hidden])").length === 7`) {
		t.Fatal("not everything on the kiosk can be heard")
	}
	kiosk.picture("floor-kiosk")
	kiosk.press(`button[value="baby"]`)
	kiosk.sees(".slip-printed", "اپنی پرچی نیچے سے لے لیں")
	hall := open(t, b, c.URL+"/hall?lang=ur", 1920, 1080)

	w := open(t, b, c.Desks+"/desk/A/household?lang=en", 1366, 768)
	othersCome(t, c)
	serve(t, c, "A")
	hall.sees("#newest .call-token", "N001")
	hall.size(1366, 768)
	hall.picture("floor-hall")
	w.visit(c.Desks + "/desk/A/household?lang=en")
	w.registersFamily()
	must(t, c.Floor.Finish(t.Context(), "A", "done", false))

	serve(t, c, "B")
	w.visit(c.Desks + "/desk/B?lang=en")
	w.press(".tool-growth")
	w.sees("#growthfamily", "گ… م…")
	for _, secret := range []string{"زرمینہ", "7654321"} {
		if w.shows(secret) {
			t.Errorf("%s is on the measuring page", secret)
		}
	}
	w.measuresTheFirst(c)
	w.measuresTheSecond(c)
	w.measuresTheMother()

	if s := slipOf(t, c, visitAt(t, c, "B")); s.Stops[2].Service.Code != "treatment" {
		t.Errorf("after the scale comes %q", s.Stops[2].Service.Code)
	}
	must(t, c.Floor.Finish(t.Context(), "B", "done", false))
	for _, d := range []id.Desk{"C", "C", "D", "E"} { // the doctor, then the check-up
		serve(t, c, d)
		must(t, c.Floor.Finish(t.Context(), d, "done", false))
	}
	w.visit(c.Desks + "/floor?lang=en")
	w.sees("#road", "No link")
	w.picture("floor-page")
}

// othersCome fills the hall with people for other desks; four are called.
func othersCome(t *testing.T, c *webtest.Centre) {
	t.Helper()
	for _, s := range []id.Service{"kafaalat", "wazaif", "survey", "kafaalat", "wazaif", "kafaalat", "survey"} {
		c.Visitor(s)
	}
	for _, d := range []id.Desk{"F", "G"} {
		serve(t, c, d)
		must(t, c.Floor.Finish(t.Context(), d, "done", false))
		call(t, c, d)
	}
}

func visitAt(t *testing.T, c *webtest.Centre, d id.Desk) id.Visit {
	t.Helper()
	board, err := c.Floor.DeskBoard(t.Context(), d)
	if err != nil || board.Current == nil {
		t.Fatal("nobody is served:", err)
	}
	return board.Current.Visit
}

func (w window) registersFamily() {
	w.t.Helper()
	w.fill("#number", "69901-7654321-2")
	w.key(input.Enter)
	w.press("#act-new")
	w.fill("#name", "زرمینہ بی بی")
	w.fill("#month", "7")
	w.fill("#year", "1998")
	w.press("#act-register")
	for i, child := range []struct{ name, sex, day, month, year string }{
		{"گل مینا", "female", "14", "5", "2025"}, {"زمان", "male", "3", "9", "2022"},
	} {
		w.press("#act-child")
		w.fill("#name", child.name)
		w.press("#sex-" + child.sex)
		w.fill("#day", child.day)
		w.fill("#month", child.month)
		w.fill("#year", child.year)
		w.press("#act-add")
		w.sees(fmt.Sprintf(".reg-card li:nth-of-type(%d)", i+2), "send them to the NADRA desk")
	}
}

// weighs puts so many grams on the pan and takes them, and sees what is said then: whoever lifts off before the box has
// answered has weighed nothing.
func (w window) weighs(c *webtest.Centre, grams int64, then string) {
	w.t.Helper()
	c.Pan.Show(0, true)
	c.Pan.Show(grams-40, false)
	w.sees(".growth-moving", "kg")
	c.Pan.Show(grams, true)
	w.press("#act-now:not([disabled])")
	w.sees("#growthscale", then)
}

// measuresTheFirst weighs a wasted child; its second length is a slip of the digit.
func (w window) measuresTheFirst(c *webtest.Centre) {
	w.t.Helper()
	w.press(".growth-people li:nth-of-type(2) a")
	w.press("#act-weigh")
	w.weighs(c, 7880, "Lift off")
	w.weighs(c, 7890, "Weighed twice")
	w.reads("stature", "97.4", "97.6")
	w.reads("arm", "113", "114")
	w.press("#oedema-no")
	w.press("#act-try")
	w.sees(".growth-concerns", "hardly go together")
	w.picture("growth-concern-1366-en")
	w.accessible("a doubtful measurement")
	w.reads("stature", "79.4", "79.6")
	w.press("#act-try")
	w.misses(".growth-concerns") // a page that is about to be left has the verdict already
	w.sees("#trial", "Needs treatment today")
	for _, size := range [][2]int{{1920, 1080}, {390, 844}, {1366, 768}} {
		w.size(size[0], size[1])
		w.picture(map[int]string{1920: "growth-trial-1920-en", 390: "growth-trial-390-en", 1366: "growth-trial-1366-en"}[size[0]])
	}
	w.press("#act-save")
	w.sees("#kept", "Needs treatment today")
	w.sees("#growthfamily", "Doctor")
	w.press("#act-print")
	w.speaksUrdu()
}

// speaksUrdu looks at the child's page in Urdu, in each size.
func (w window) speaksUrdu() {
	w.t.Helper()
	w.press(".switch")
	w.sees("#growthfamily", "ڈاکٹر")
	w.press(".growth-people li:nth-of-type(2) a")
	w.sees("#kept", "آج ہی علاج چاہیے")
	w.judged("growth-kept-ur")
	w.size(1366, 1800) // the whole verdict with the curve under it
	w.pictureOf(".growth-tells", "floor-measuring")
	w.size(390, 844)
	w.picture("floor-phone")
	w.size(1366, 768)
	w.press(".switch")
}

// measuresTheSecond types everything of a boy who stands; two heights differ, so there is a third.
func (w window) measuresTheSecond(*webtest.Centre) {
	w.t.Helper()
	w.press(".growth-people li:nth-of-type(3) a")
	w.press(".growth-typed summary")
	w.reads("weight", "15.9", "15.95")
	w.reads("stature", "101.0", "103.1")
	w.press("#act-try")
	w.sees(".notice", "Read once more")
	w.picture("growth-third-1366-en")
	w.fill("#stature-3", "103.0")
	w.press("#act-try")
	w.sees("#trial", "Growing well")
	w.press("#tab-stature-age")
	w.sees(".growth-curve", "length in cm")
	w.press(".growth-typed summary")
	w.reads("weight", "15.9", "15.95")
	w.reads("stature", "103.1", "103.0")
	w.press("#act-try")
	w.press("#act-save")
	w.sees("#kept", "Growing well")
}

func (w window) measuresTheMother() {
	w.t.Helper()
	w.press(".growth-people li:nth-of-type(1) a")
	w.fill("#arm-1", "221")
	w.fill("#arm-2", "222")
	w.press("#act-arm")
	w.sees("#growthfamily", "extra food")
	w.accessible("the whole family is measured")
}

// reads fills the first two readings of a thing.
func (w window) reads(thing, first, second string) {
	w.t.Helper()
	for place, value := range map[string]string{"-1": first, "-2": second} {
		w.Eval(`selector => { document.querySelector(selector).value = "" }`, "#"+thing+place)
		w.fill("#"+thing+place, value)
	}
}
