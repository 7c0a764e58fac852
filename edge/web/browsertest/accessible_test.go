package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/proto"

	"markaz.example/edge/id"
	"markaz.example/edge/web/webtest"
)

// verdict asks axe-core for what is wrong with the page, one finding a line: how grave, which rule, where, why.
// What moves is held still first: a colour halfway through a pulse is no colour of ours.
const verdict = `async () => {
	document.getAnimations().forEach(a => a.cancel());
	const r = await axe.run(document, { resultTypes: ["violations"] });
	return r.violations.filter(v => v.impact === "serious" || v.impact === "critical")
		.flatMap(v => v.nodes.map(n => [v.impact, v.id, n.target.join(" "), n.failureSummary.replace(/\s+/g, " ")].join(" | "))).join("\n");
}`

// findings are the serious and critical ones of an outside judge, npm's axe-core. It is put into the page by the browser's
// own inspector, so the page's policy stays what it is.
func (w window) findings() []string {
	w.t.Helper()
	if here, err := w.Eval(`() => !!window.axe`); err != nil || !here.Value.Bool() {
		w.seat()
	}
	got, err := w.Timeout(patience).Eval(verdict)
	if err != nil {
		w.t.Fatalf("ask the judge: %v; the page:\n%s", err, w.text())
	}
	if got.Value.Str() == "" {
		return nil
	}
	return strings.Split(got.Value.Str(), "\n")
}

// seat puts the judge into the page.
func (w window) seat() {
	w.t.Helper()
	source, err := os.ReadFile(filepath.Join("judge", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		w.t.Fatalf("the outside judge is not set up: run `make setup-judges` (%v)", err)
	}
	if _, err := (proto.RuntimeEvaluate{Expression: string(source)}).Call(w.Page); err != nil {
		w.t.Fatal("show the page to the judge:", err)
	}
}

// accessible fails the test when the judge finds that somebody could not use the page.
func (w window) accessible(name string) {
	w.t.Helper()
	for _, f := range w.findings() {
		w.t.Errorf("%s: %s", name, f)
	}
}

// theme makes the browser one whose owner wants "light" or "dark" pages.
func (w window) theme(name string) {
	w.t.Helper()
	wants := proto.EmulationSetEmulatedMedia{Features: []*proto.EmulationMediaFeature{{Name: "prefers-color-scheme", Value: name}}}
	if err := wants.Call(w.Page); err != nil {
		w.t.Fatal("set the theme:", err)
	}
}

// Every page, in each language, by day and by night, in the sizes it is used in, can be used by everybody: nothing serious
// is found, nothing is wider than the screen, and no two things that can be pressed lie on one another.
func TestEveryPageIsAccessible(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	c.Devices = machines()
	busy(t, c)
	paths := everyPage(t, c)
	for _, theme := range []string{"light", "dark"} {
		t.Run(theme, func(t *testing.T) {
			t.Parallel()
			w := open(t, Browse(t), c.URL+"/healthz", 1366, 768)
			w.theme(theme)
			for _, lang := range []string{"ur", "en"} {
				for _, p := range paths {
					w.visit(c.URL + p[1] + "&lang=" + lang)
					w.judged(fmt.Sprintf("look-%s-%s-%s", p[0], theme, lang))
				}
			}
		})
	}
}

// everyPage is a name and a path of each.
func everyPage(t *testing.T, c *webtest.Centre) [][2]string {
	t.Helper()
	slip := c.Visitor("nashonuma", "payment")
	c.Printer.Break("paper-out")
	held := c.Visitor("wazaif")
	if err := c.Floor.Confirm(t.Context(), id.Desk("A")); err != nil {
		t.Fatal(err)
	}
	return [][2]string{
		{"kiosk", "/kiosk?k=1"}, {"slip", "/kiosk/slip/" + string(slip.Visit) + "?k=1"}, {"slip-held", "/kiosk/slip/" + string(held.Visit) + "?k=1"},
		{"hall", "/hall?x=1"}, {"choose", "/desk?x=1"}, {"console-called", "/desk/D?x=1"}, {"console-serving", "/desk/B?x=1"},
		{"console-free", "/desk/C?x=1"}, {"finger", "/desk/A/finger?x=1"}, {"measure", "/desk/B/measure?x=1"}, {"floor", "/floor?x=1"},
		{"devices", "/floor/devices?x=1"}, {"phone", "/T/" + string(slip.Code) + "?x=1"}, {"sorry", "/nowhere?x=1"},
		{"household-find", "/desk/B/household?x=1"}, {"household-mother", "/desk/B/household?do=mother"}, {"style", "/style?x=1"},
		{"bookings", "/floor/bookings?day=2027-03-01"}, {"next-visit", "/desk/B/booking?x=1"}, {"booked", "/kiosk/booked?k=1"},
		{"floor-seek", "/floor?token=D001"}, {"report", "/floor/report?x=1"}, {"book", "/floor/book?x=1"}, {"sheet", "/floor/book/sheet?x=1"},
		{"growth", "/desk/B/growth?x=1"}, {"where", "/kiosk/where?k=1"}, {"door", "/door?x=1"}, {"trust", "/trust?x=1"},
	}
}

// judged looks at one page in each size it is used in; the judge, who takes longest, in the narrowest and in a desk's.
func (w window) judged(name string) {
	w.t.Helper()
	for _, size := range [][2]int{{390, 844}, {1024, 768}, {1366, 768}, {1920, 1080}} {
		if size[0] < 1000 && strings.Contains(name, "hall") {
			continue // a hall screen is read from fifteen metres
		}
		w.size(size[0], size[1])
		at := fmt.Sprintf("%s-%d", name, size[0])
		if size[0] == 390 || size[0] == 1366 { // between them and above, pages only grow wider
			w.accessible(at)
		}
		if wide, err := w.Eval(`() => document.documentElement.scrollWidth`); err != nil || wide.Value.Int() > size[0] {
			w.t.Errorf("%s is %v wide (%v)", at, wide.Value, err)
		}
		if over := w.overlaps(); over != "" {
			w.t.Errorf("%s: %s", at, over)
		}
		w.picture(at)
	}
}

// overlaps says what is wrong with how a page lies: its header not above the rest, or the first link or button that another
func (w window) overlaps() string {
	w.t.Helper()
	got, err := w.Eval(`() => {
		const [head, main] = ["body > header", "body > main"].map(s => document.querySelector(s)?.getBoundingClientRect());
		if (head && (head.top !== 0 || main.top < head.bottom)) return "its header is not above its main part";
		for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")) {
			e.scrollIntoView({ block: "nearest" });
			const r = e.getBoundingClientRect();
			const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
			const other = top?.closest("a[href], button, input, select, summary, label, .said, .notlive");
			if (e.checkVisibility() && other && other !== e && !other.contains(e) && !e.contains(other)) {
				return (e.id || e.className || e.tagName) + " is covered by " + (other.id || other.className || other.tagName);
			}
		}
		scrollTo(0, 0);
		return "";
	}`)
	if err != nil {
		w.t.Fatal("look for what covers another:", err)
	}
	return got.Value.Str()
}

// The control: a page as bad as a page can be is found out, by rule and element.
func TestJudgeFindsABadPage(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	w := open(t, Browse(t), c.URL+"/kiosk?lang=en", 1366, 768)
	_, err := w.Eval(`() => {
		document.documentElement.removeAttribute("lang");
		document.body.innerHTML = '<main><h1>Bad</h1><p id="faint"></p><button id="nameless"></button><input id="unlabelled"></main>';
		const p = document.getElementById("faint");
		p.textContent = "Nobody can read this";
		p.style.color = "#eeeeee";
	}`)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(w.findings(), "\n")
	for _, want := range []string{"html-has-lang | html", "color-contrast | #faint", "button-name | #nameless", "label | #unlabelled"} {
		if !strings.Contains(all, want) {
			t.Errorf("the judge did not find %q; it found:\n%s", want, all)
		}
	}
}
