package browsertest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/input"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/webtest"
)

// A clerk without a mouse: hold and take it back, hand on, pause, call one out of turn, scan a slip.
func TestConsoleByKeyboard(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	slips := []desk.Slip{c.Visitor("kafaalat"), c.Visitor("kafaalat"), c.Visitor("kafaalat"), c.Visitor("kafaalat")}
	w := open(t, Browse(t), c.Desks+"/desk/A?lang=en", 1366, 768)
	w.sees("#ahead", "A003")
	w.key('n')
	w.sees(".hand-token", "A001")
	w.key('p')
	w.sees("#act-done", "Done")

	w.sees(".hand-target", "of 5 min")
	if _, err := w.Eval(`() => document.querySelector("[data-target]").dataset.target = 1000`); err != nil {
		t.Fatal(err)
	}
	w.sees(".hand-over", "over time")

	w.key('h')
	w.focuses("hold-nadra")
	w.key('1')
	w.sees("#hand", "Nobody is at your desk")
	w.sees("#ahead .of-hold", "A001")
	w.key('u')
	w.sees(".hand-token", "A001")
	w.sees("#act-done", "Done")

	// What was chosen outlives what the line pushes, and is not said of the next person.
	w.key('t')
	w.focuses("transfer-to")
	w.types("Household")
	c.Visitor("wazaif")
	w.sees("#ahead", "C001")
	w.key(input.Tab, input.Tab, input.Enter)
	w.sees("#hand", "Nobody is at your desk")
	if board := boardOf(t, c, "C"); len(board.Next) == 0 || board.Next[0].Token != "A001" {
		t.Errorf("desk C would call %+v, want A001 that was handed on", board.Next)
	}

	w.key('0')
	w.focuses("quick-kafaalat")
	w.picture("console-quick-en")
	w.key('1')
	w.sees("#quick-kafaalat bdi", "1")

	w.key('z')
	w.focuses("pause-prayer")
	w.key('1')
	w.sees("#state", "Paused")
	w.picture("console-paused-en")
	w.key('g')
	w.sees("#act-next", "Call next")

	w.key('l')
	w.focuses("row-" + string(slips[1].Visit))
	w.key(input.ArrowDown)
	w.focuses("row-" + string(slips[2].Visit))
	w.key('c')
	w.focuses("pick-ill")
	w.key('1')
	w.sees(".hand-token", "A003")
	w.scans("http://10.0.0.1/T/" + string(slips[2].Code))
	w.sees("#act-done", "Done")
	w.scans("hold-done-fail") // each of these letters is a key
	w.sees("#act-done", "Done")

	w.key('n')
	w.focuses("then-done")
	w.key('d')
	w.sees(".hand-token", "A002")
	w.key('n') // somebody is called, so that it is nothing
	w.key('p')
	w.sees("#act-done", "Done")
	w.key('d')
	w.sees("#hand", "Nobody is at your desk")
	w.key('j')
	w.focuses("list-token")
	w.types("a004")
	w.key(input.Enter) // chooses nobody by itself
	w.press("#list-pick")
	w.press("#pick-mistake")
	w.sees(".hand-token", "A004")
}

// scans types as a scanner does, with Enter at the end. The keys are the page's own events, so that no slow machine comes
// between them.
func (w window) scans(text string) {
	w.t.Helper()
	_, err := w.Eval(`(text) => {
		for (const key of [...text, "Enter"]) {
			document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
		}
	}`, text)
	if err != nil {
		w.t.Fatal("scan:", err)
	}
}

func boardOf(t *testing.T, c *webtest.Centre, d id.Desk) desk.DeskBoard {
	t.Helper()
	b, err := c.Floor.DeskBoard(t.Context(), d)
	must(t, err)
	return b
}

// A push under an open form takes nothing away, nor does a box that does not answer; the next person's form is empty.
func TestConsoleKeepsWhatIsFilledIn(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	c.Visitor("kafaalat")
	c.Visitor("kafaalat")
	w := open(t, Browse(t), c.Desks+"/desk/A?lang=en", 1366, 768)
	w.press("#act-next")
	w.press("#act-present")
	w.press("#act-add")
	w.press("label:has(#add-survey)")
	w.press("label:has(#add-later)")
	must(t, c.Floor.AddStop(t.Context(), "A", "payment", false)) // this very part is pushed anew
	w.sees("#fold-add", "Payments ✕")
	if !w.ticked("#add-survey", "#add-later") {
		t.Error("a push took away what was chosen")
	}
	c.Stop()
	w.press("#add-go")
	w.sees("#said", "The box did not answer")
	if !w.ticked("#add-survey", "#add-later", "#fold-add") {
		t.Error("a press that was lost took away what was chosen")
	}
	c.Start()
	w.gone("#notlive")
	w.key('d') // the page still scrolls back from what it said, and a pointer would meet another button
	w.sees("#hand", "Nobody is at your desk")
	w.press("#act-next")
	w.press("#act-present")
	w.sees(".hand-token", "A002")
	w.sees("#act-done", "Done")
	w.sees("#act-add", "Also needs")
	if w.ticked("#add-survey") || w.ticked("#fold-add") {
		t.Error("what was chosen for one person is chosen for the next")
	}
}

// ticked says whether each of these is chosen, or open.
func (w window) ticked(selectors ...string) bool {
	w.t.Helper()
	got, err := w.Eval(`(all) => all.every(s => { const e = document.querySelector(s); return e.checked || e.open; })`, selectors)
	if err != nil {
		w.t.Fatal("look at what is chosen:", err)
	}
	return got.Value.Bool()
}

// focuses waits until an element has the focus.
func (w window) focuses(name string) {
	w.t.Helper()
	if !w.becomes(`(name) => document.activeElement?.id === name`, name) {
		w.t.Fatalf("%s never had the focus; the page:\n%s", name, w.text())
	}
}

// A desk with a phone: everything by finger, and what can be pressed is big enough.
func TestConsoleOnAPhone(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	c.Visitor("nashonuma")
	w := open(t, Browse(t), c.Desks+"/desk/B?lang=ur", 390, 844)
	w.press("#act-next")
	w.press("#act-present")
	w.press("#act-hold")
	w.press("#hold-papers")
	w.sees("#ahead .of-hold", "B001")
	w.press(".of-hold .list-row")
	w.press("#list-back")
	w.sees("#ahead .of-waiting", "B001")
	w.press("#act-next")
	w.press("#act-present")
	w.press("#act-add")
	w.press("label:has(#add-payment)")
	w.press("#add-go")
	w.sees(".hand-stops", "رقم کی وصولی")
	w.press("#act-undo")
	w.sees("#act-done", "مکمل")
	if small := w.small(); small != "" {
		t.Error("too small for a finger:", small)
	}
	w.press("#act-then")
	w.press("#then-done")
	w.sees("#hand", "کاؤنٹر پر کوئی نہیں")
}

// small is what can be pressed and is lower than 44 pixels.
func (w window) small() string {
	w.t.Helper()
	got, err := w.Eval(`() => [...document.querySelectorAll("main button, main summary, main label:has(input), main select")]
		.filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5).map(e => e.id || e.className).join(" ")`)
	if err != nil {
		w.t.Fatal("measure:", err)
	}
	return got.Value.Str()
}

// Calling somebody for a reason that nobody can see wants the manager, on a page of its own that comes by itself.
func TestFavourWantsTheManager(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	manager, sadia, _, _ := c.Staff()
	c.Visitor("kafaalat")
	c.Visitor("kafaalat")
	w := open(t, Browse(t), c.Desks+"/desk/A?lang=en", 1366, 768)
	sign := func(code, pin string) { w.types(code[1:] + "\r" + pin + "\r") }
	sign(string(sadia.Code), sadia.PIN)
	w.sees("#act-next", "N")
	w.press(".of-waiting .list-row:last-of-type")
	w.press("#list-pick")
	w.press("#pick-favour")
	w.sees(".sign-there", "Sadia")
	sign(string(manager.Code), manager.PIN)
	w.sees(".hand-token", "A002")
}

// A press that the desk cannot take back by itself any more is taken back with the manager; the button for that comes by
// itself when the desk's own goes.
func TestLateUndoWantsTheManager(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	c.Floor.Patience = desk.DefaultPatience()
	c.Floor.Patience.UndoWithin = 3 * time.Second
	manager, sadia, _, _ := c.Staff()
	c.Visitor("kafaalat")
	w := open(t, Browse(t), c.Desks+"/desk/A?lang=en", 1366, 768)
	sign := func(code, pin string) { w.types(code[1:] + "\r" + pin + "\r") }
	sign(string(sadia.Code), sadia.PIN)
	w.press("#act-next")
	w.sees(".hand-token", "A001")
	w.sees("#act-undo-late", "Take back, with a second person: called")
	if !w.becomes(`() => !document.querySelector("#act-undo")?.checkVisibility()`) {
		t.Fatalf("the desk's own undo never went away; the page:\n%s", w.text())
	}
	w.picture("console-undo-late-en")
	w.accessible("a late undo")
	w.size(390, 844)
	w.visit(c.Desks + "/desk/A?lang=ur")
	w.sees("#act-undo-late", "دوسرے شخص کی منظوری سے واپس لیں")
	w.picture("console-undo-late-ur-phone")
	w.visit(c.Desks + "/desk/A?lang=en")
	w.sees("#act-undo-late", "Take back")
	w.key('u')
	w.sees(".sign-there", "Sadia")
	sign(string(manager.Code), manager.PIN)
	w.sees("#hand", "Nobody is at your desk")
}

// Each tool that a desk has shows its picture and its name, and its key leads to its page.
func TestToolsByKeyboard(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	c.Visitor("nashonuma")
	c.Visitor("kafaalat")
	w := open(t, Browse(t), c.URL+"/healthz", 1366, 768)
	for _, at := range []struct{ desk, keys, tools string }{{"A", "i", "finger"}, {"B", "yrc", "household booking growth"}} {
		w.visit(c.Desks + "/desk/" + at.desk + "?lang=en")
		w.press("#act-next")
		w.press("#act-present")
		for i, tool := range strings.Fields(at.tools) {
			w.sees("#tool-"+tool+" svg", "")
			w.key(input.Key(at.keys[i]))
			if !w.becomes(`(path) => location.pathname === path && document.readyState === "complete"`, "/desk/"+at.desk+"/"+tool) {
				t.Fatalf("the key %c leads nowhere; the page:\n%s", at.keys[i], w.text())
			}
			w.visit(c.Desks + "/desk/" + at.desk + "?lang=en")
			w.sees("#act-done", "Done")
		}
		w.picture("console-tools-" + at.desk)
	}
}

// consoles are the states of a console, each at a desk of its own: a family that is served, one who is called, a pause.
func consoles(t *testing.T, c *webtest.Centre) [][2]string {
	t.Helper()
	ctx := t.Context()
	for range 4 {
		c.Visitor("kafaalat")
	}
	v, err := c.Floor.Ask(ctx, desk.Asking{
		Actor: "door/1", Services: []id.Service{"kafaalat", "survey", "payment"}, Lang: "ps", Persons: 4, Class: "infant", Fact: "with-infant",
		Needs: visit.Needs{Ground: true, Sex: "f"},
	})
	must(t, err)
	at := id.Desk("A")
	for _, hold := range []bool{true, false} {
		_, err := c.Floor.CallNext(ctx, at)
		must(t, err)
		must(t, c.Floor.Confirm(ctx, at))
		if hold {
			must(t, c.Floor.Hold(ctx, at, "nadra"))
			continue
		}
		must(t, c.Floor.Park(ctx, at, "supervisor", true))
	}
	for ready := false; !ready; {
		changed := c.Ledger.Changed()
		s, err := c.Floor.Slip(ctx, v)
		must(t, err)
		if ready = s.State == desk.SlipInHand; !ready {
			<-changed
		}
	}
	_, err = c.Floor.CallThis(ctx, at, v, "child")
	must(t, err)
	must(t, c.Floor.Confirm(ctx, at))
	c.Visitor("nashonuma")
	_, err = c.Floor.CallNext(ctx, "B")
	must(t, err)
	must(t, c.Floor.SetDesk(ctx, "floor", "C", visit.DeskPaused, "prayer"))
	return [][2]string{
		{"serving", "/desk/A"}, {"called", "/desk/B"}, {"paused", "/desk/C"}, {"free", "/desk/D"},
	}
}

// Each state of a console by each size and in both directions: judged, with what ends a service in view without scrolling.
func TestConsoleStates(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	states := consoles(t, c)
	w := open(t, Browse(t), c.URL+"/healthz", 1366, 768)
	for _, theme := range []string{"light", "dark"} {
		w.theme(theme)
		for _, lang := range []string{"ur", "en"} {
			for _, s := range states {
				w.visit(c.URL + s[1] + "?lang=" + lang)
				w.sees("#ahead h2", "")
				w.judged(fmt.Sprintf("desk-%s-%s-%s", s[0], theme, lang))
			}
			w.visit(c.Desks + "/desk/A?lang=" + lang)
			w.size(1366, 768)
			if low := w.below("#act-done"); low > 768 {
				t.Errorf("in %s the end of Done is at %d of 768", lang, low)
			}
			w.opened(theme + "-" + lang)
		}
	}
}

// opened judges what opens in place.
func (w window) opened(name string) {
	w.t.Helper()
	for _, fold := range strings.Fields("then hold park transfer add split fail leave quick pause") {
		w.press("#act-" + fold)
		w.accessible("fold " + fold + " " + name)
		if fold == "transfer" || fold == "hold" || fold == "split" {
			w.picture("desk-fold-" + fold + "-" + name)
		}
	}
	w.press("#act-pause")
	w.press(".of-hold .list-row")
	w.accessible("a row " + name)
	w.picture("desk-row-" + name)
}

// below is where an element ends, in pixels from the top of the window.
func (w window) below(selector string) int {
	w.t.Helper()
	got, err := w.Eval(`(s) => { scrollTo(0, 0); return Math.ceil(document.querySelector(s).getBoundingClientRect().bottom); }`, selector)
	if err != nil {
		w.t.Fatal("measure:", err)
	}
	return got.Value.Int()
}
