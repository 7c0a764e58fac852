package browsertest

import (
	"testing"

	"github.com/go-rod/rod/lib/input"

	"markaz.example/edge/web/webtest"
)

// Two kiosks, a desk and the hall, through a restart of the box.
func TestTokenFromKioskToHall(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	b := Browse(t)
	one := open(t, b, c.URL+"/kiosk?k=1", 1280, 800)
	two := open(t, b, c.URL+"/kiosk?k=2&lang=en", 1280, 800)
	hall := open(t, b, c.URL+"/hall", 1920, 1080)
	desk := open(t, b, c.Desks+"/desk/A?lang=en", 1280, 800)
	phone := 390
	desk.sees("#hand", "The line is empty")

	one.press(`button[value="kafaalat"]`)
	two.press(`label:has(input[value="kafaalat"])`)
	two.press(`label:has(input[value="payment"])`)
	two.press(`button[name="chosen"]`)
	one.sees(".slip-printed", "اپنی پرچی نیچے سے لے لیں")
	two.sees(".slip-printed", "Please take your paper below")
	first, second := one.read(".slip-token"), two.read(".slip-token")
	if first == second || first != "A001" && first != "A002" {
		t.Fatalf("two kiosks gave %q and %q", first, second)
	}
	hall.sees("#lines .hue-A .line-count", "2")
	desk.sees("#ahead", "A001")

	desk.press("#act-next")
	desk.sees(".hand-token", "A001")
	hall.sees("#newest .call-token", "A001")
	hall.sees("#newest .letter", "A")
	desk.picture("journey-desk")
	hall.picture("journey-hall")

	c.Stop()
	hall.sees("#notlive", "یہ اسکرین تازہ نہیں ہے")
	desk.sees("#notlive", "Not live")
	desk.key('p')
	desk.sees("#said", "The box did not answer")
	desk.sees(".hand-token", "A001")
	hall.picture("journey-not-live")
	desk.picture("journey-press-lost")
	c.Start()
	hall.gone("#notlive")
	desk.gone("#notlive")
	desk.sees(".hand-token", "A001")

	desk.size(phone, 844)
	desk.key('p')
	desk.sees("#acts", "How did it end?")
	desk.key('d')
	desk.sees("#hand", "Nobody is at your desk")
	desk.key('n')
	hall.sees("#newest .call-token", "A002")
	hall.sees("#earlier", "A001")
	one.sees(".tiles", "کفالت")
}

// Paper out, told and mended without leaving the page; two presses make one paper.
func TestPaperOut(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	c.Printer.Break("paper-out")
	b := Browse(t)
	kiosk := open(t, b, c.URL+"/kiosk?k=1&lang=en", 1024, 600)
	floor := open(t, b, c.Desks+"/floor?lang=en", 1280, 800)
	kiosk.press(`button[value="wazaif"]`)
	kiosk.sees(".slip-held", "The printer has no paper")
	kiosk.sees(".slip-held", "Your number is not in the line yet")
	floor.sees("#unprinted", "C001")
	c.Printer.Break("")
	release := c.Printer.Slow()
	kiosk.press(".get")
	kiosk.sees(".slip-printing", "C001")
	kiosk.picture("journey-printing")
	floor.press("#unprinted button")
	release()
	kiosk.sees(".slip-printed", "C001")
	floor.sees("#unprinted", "Everybody has their paper")
	if out := c.Printer.Out(); len(out) != 1 {
		t.Errorf("%d papers came out, want 1", len(out))
	}
}

// A refusal is a sentence with what to do, beside a state that stays as it was.
func TestRefusalAtTheDesk(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	c.Visitor("nashonuma")
	b := Browse(t)
	desk := open(t, b, c.Desks+"/desk/B?lang=en", 390, 844)
	desk.press("#act-next")
	desk.sees(".hand-token", "B001")
	desk.press("#act-absent")
	desk.sees("#said", "It is too early to give up")
	desk.sees(".hand-token", "B001")
	desk.picture("journey-refusal")
}

// The kiosk works from a keyboard and with a finger: every target is at least 64 pixels, and focus goes through all.
func TestKioskTargets(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	b := Browse(t)
	for _, size := range [][2]int{{1920, 1080}, {1024, 600}, {390, 844}} {
		w := open(t, b, c.URL+"/kiosk", size[0], size[1])
		small, err := w.Eval(`() => [...document.querySelectorAll("button, label, .kiosk-langs a, .kiosk-ways a")].filter(e => e.getClientRects().length).map(e => [e, e.getBoundingClientRect()])
			.filter(([e, r]) => r.width < 64 || r.height < 64 || r.left < 0 || r.right > innerWidth)
			.map(([e, r]) => e.className + " " + Math.round(r.width) + "x" + Math.round(r.height)).join(", ")`)
		if err != nil || small.Value.Str() != "" {
			t.Errorf("at %v these are too small or off the screen: %s (%v)", size, small.Value.Str(), err)
		}
	}
	w := open(t, b, c.URL+"/kiosk?lang=en", 1280, 800)
	for range 8 { // four languages, two ways, the first picture and its tick
		w.key(input.Tab)
	}
	w.key(input.Space)
	w.sees(".tile:has(:checked)", "Kafaalat")
	w.picture("kiosk-chosen")
	w.key(input.Enter)
	w.sees(".slip-token", "A001")
}

// No page asks anything of anybody but the box, and nothing on it breaks its own policy.
func TestNothingFromOutside(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	slip := c.Visitor("kafaalat")
	b := Browse(t)
	w := open(t, b, c.URL+"/kiosk", 1280, 800)
	for _, path := range []string{"/kiosk", "/hall", "/desk", "/desk/A", "/floor", "/t/" + string(slip.Code)} {
		if _, err := w.EvalOnNewDocument(`window.broken = [];
			addEventListener("securitypolicyviolation", e => window.broken.push(e.violatedDirective + " " + e.blockedURI));
			addEventListener("error", e => window.broken.push(e.message), true);`); err != nil {
			t.Fatal(err)
		}
		w.visit(c.URL + path)
		got, err := w.Eval(`() => [...window.broken, ...performance.getEntriesByType("resource").map(e => e.name)
			.filter(n => !n.startsWith(location.origin))].join(", ")`)
		if err != nil || got.Value.Str() != "" {
			t.Errorf("%s: %s (%v)", path, got.Value.Str(), err)
		}
	}
}

func (w window) read(selector string) string {
	w.t.Helper()
	e, err := w.Timeout(patience).Element(selector)
	if err != nil {
		w.t.Fatalf("find %q: %v", selector, err)
	}
	text, err := e.Text()
	if err != nil {
		w.t.Fatalf("read %q: %v", selector, err)
	}
	return text
}

func (w window) gone(selector string) {
	w.t.Helper()
	if !w.becomes(`(selector) => document.querySelector(selector).hidden`, selector) {
		w.t.Fatalf("%q never went away; the page:\n%s", selector, w.text())
	}
}

func (w window) key(keys ...input.Key) {
	w.t.Helper()
	w.front()
	if err := w.Keyboard.Type(keys...); err != nil {
		w.t.Fatalf("type %v: %v", keys, err)
	}
}

// A box that starts again in front of a person leaves no kiosk behind on an error page of its browser.
func TestKioskStaysOnItsPages(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	b := Browse(t)
	kiosk := open(t, b, c.URL+"/kiosk?k=1&lang=en", 1024, 600)
	c.Stop()
	kiosk.press(`button[value="kafaalat"]`)
	kiosk.sees("#said", "The box did not answer")
	kiosk.picture("kiosk-unreached")
	kiosk.press(`.kiosk-langs a[lang="ur"]`)
	kiosk.sees("#said", "The box did not answer")
	c.Start()
	kiosk.gone("#notlive")
	kiosk.press(`button[value="kafaalat"]`)
	kiosk.sees(".slip-printed", "Please take your paper below")

	c.Stop()
	if _, err := kiosk.Eval(`() => { window.asked = 0; const ask = fetch; window.fetch = (...all) => { window.asked++; return ask(...all); }; }`); err != nil {
		t.Fatal(err)
	}
	if !kiosk.becomes(`() => window.asked >= 2`) {
		t.Fatal("the page never looked whether the box is there")
	}
	kiosk.sees(".slip-printed", "Please take your paper below")
	c.Start()
	kiosk.sees(".tiles", "Kafaalat")
}
