package page_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/proto"

	"markaz.example/edge/web/browsertest"
)

// patience bounds one step of a test. Nothing waits this long unless it has failed.
const patience = 30 * time.Second

// window is one page of a browser. Its methods end the test when the page is not as wanted in time.
type window struct {
	*rod.Page
	t *testing.T
}

func open(t *testing.T, b *rod.Browser, url string, width, height int) window {
	t.Helper()
	p, err := b.Page(proto.TargetCreateTarget{URL: "about:blank"})
	if err != nil {
		t.Fatal("open a page:", err)
	}
	w := window{p, t}
	w.size(width, height)
	w.visit(url)
	return w
}

func (w window) size(width, height int) {
	w.t.Helper()
	if err := w.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: width, Height: height, DeviceScaleFactor: 1}); err != nil {
		w.t.Fatal("size the page:", err)
	}
}

func (w window) visit(url string) {
	w.t.Helper()
	if err := w.Navigate(url); err != nil {
		w.t.Fatalf("visit %s: %v", url, err)
	}
	if err := w.WaitLoad(); err != nil {
		w.t.Fatalf("load %s: %v", url, err)
	}
}

// becomes asks a page until the answer is true.
func (w window) becomes(question string, args ...any) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		got, err := w.Timeout(time.Second).Eval(question, args...)
		if err == nil && got.Value.Bool() {
			return true
		}
	}
	return false
}

// holds ends the test unless the answer becomes true.
func (w window) holds(what, question string, args ...any) {
	w.t.Helper()
	if !w.becomes(question, args...) {
		text, err := w.Timeout(2 * time.Second).Eval(`() => location.href + "\n" + document.body.innerText.slice(0, 1500)`)
		w.t.Fatalf("never: %s; the page (%v):\n%s", what, err, text.Value.Str())
	}
}

// sees waits until an element shows a text.
func (w window) sees(selector, text string) {
	w.t.Helper()
	w.holds(fmt.Sprintf("%s shows %q", selector, text), `(selector, text) => {
		const e = document.querySelector(selector);
		return !!e && e.getClientRects().length > 0 && e.textContent.replace(/[\u2068\u2069]/g, "").includes(text);
	}`, selector, text)
}

func (w window) ask(question string) string {
	w.t.Helper()
	got, err := w.Timeout(patience).Eval(question)
	if err != nil {
		w.t.Fatalf("ask the page: %v", err)
	}
	return got.Value.String()
}

func (w window) press(selector string) {
	w.t.Helper()
	if _, err := w.Activate(); err != nil {
		w.t.Fatal("bring the page to the front:", err)
	}
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); {
		var e *rod.Element
		if e, err = w.Timeout(2 * time.Second).Element(selector); err == nil {
			err = e.Click(proto.InputMouseButtonLeft, 1)
		}
		if err == nil {
			return
		}
	}
	w.t.Fatalf("press %q: %v", selector, err)
}

func (w window) key(keys ...input.Key) {
	w.t.Helper()
	if _, err := w.Activate(); err != nil {
		w.t.Fatal("bring the page to the front:", err)
	}
	if err := w.Keyboard.Type(keys...); err != nil {
		w.t.Fatalf("type %v: %v", keys, err)
	}
}

// dark shows the page as on a device that asks for dark colours.
func (w window) dark(on bool) {
	w.t.Helper()
	scheme := "light"
	if on {
		scheme = "dark"
	}
	set := proto.EmulationSetEmulatedMedia{Features: []*proto.EmulationMediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if err := set.Call(w.Page); err != nil {
		w.t.Fatal("ask for dark colours:", err)
	}
}

// picture writes what is on the screen as a PNG.
func (w window) picture(name string) {
	w.t.Helper()
	w.Eval(`() => document.fonts.ready`)
	png, err := w.Screenshot(false, nil)
	if err != nil {
		w.t.Fatalf("picture of %s: %v", name, err)
	}
	dir := os.Getenv("MARKAZ_PICTURES")
	if dir == "" {
		dir = w.t.ArtifactDir()
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// tooWide names what makes a page wider than its screen; nothing when it fits.
const tooWide = `() => document.documentElement.scrollWidth <= innerWidth ? "" :
	[...document.querySelectorAll("body *")].filter(e => { const r = e.getBoundingClientRect(); return r.right > innerWidth + .5 || r.left < -.5; })
		.slice(0, 8).map(e => e.tagName + "." + e.className + "#" + e.id + " " + e.getBoundingClientRect().right).join(", ") || "?"`

// TestPictures shows both screens in both languages, small and large, light and dark, and holds that none is wider than
// its screen.
func TestPictures(t *testing.T) {
	t.Parallel()
	s := start(t)
	w := open(t, browsertest.Browse(t), s.URL, 1366, 768)
	forked, behind := "/centre/"+string(s.Centres[40].Code), "/centre/"+string(s.Centres[9].Code)
	for _, shot := range []struct {
		name, path    string
		width, height int
		dark          bool
	}{
		{"fleet", "/?x=1", 1366, 768, false}, {"fleet", "/?x=1", 1920, 1080, false}, {"fleet", "/?x=1", 360, 1500, false},
		{"fleet-dark", "/?x=1", 1366, 768, true}, {"fleet-filtered", "/?state=away&state=silent", 1366, 768, false},
		{"fleet", "/?x=1", 768, 1024, false},
		{"centre", forked + "?x=1", 1366, 768, false}, {"centre", forked + "?x=1", 360, 1500, false}, {"centre-behind", behind + "?x=1", 1366, 768, false},
		{"centre-dark", forked + "?x=1", 1920, 1080, true},
	} {
		w.size(shot.width, shot.height)
		w.dark(shot.dark)
		for _, lang := range []string{"en", "ur"} {
			w.visit(s.URL + shot.path + "&lang=" + lang)
			w.sees("#pulse", map[string]string{"en": "Live", "ur": "تازہ"}[lang])
			name := fmt.Sprintf("%s-%d-%s", shot.name, shot.width, lang)
			if wide := w.ask(tooWide); wide != "" {
				t.Errorf("%s: wider than the screen: %s", name, wide)
			}
			w.picture(name)
		}
	}
}

// TestMapAndList goes through the page as a person does, with the hand and from the keyboard.
func TestMapAndList(t *testing.T) {
	t.Parallel()
	s := start(t)
	w := open(t, browsertest.Browse(t), s.URL+"/?lang=en", 1366, 768)
	w.sees("#pulse", "Live")
	w.sees("#shown", "154 of 154")

	w.press("#tile-LHR")
	w.sees("#shown", "3 of 154")
	w.holds("the address carries the district", `() => location.search.includes("district=LHR")`)
	w.holds("only Lahore is shown", `() => [...document.querySelectorAll("#rows tbody:not([hidden])")].every(r => r.dataset.district === "LHR")`)
	w.press("#tile-LHR")
	w.sees("#shown", "154 of 154")

	w.press(".chip.s-silent")
	w.press(".chip.s-away")
	r := s.Report()
	w.sees("#shown", fmt.Sprintf("%d of 154", r.Count["silent"]+r.Count["away"]))
	w.press(".chip.s-away")
	w.sees("#shown", fmt.Sprintf("%d of 154", r.Count["silent"]))
	w.press("#all")
	w.press("#q")
	if err := w.InsertText("لاہور"); err != nil {
		t.Fatal(err)
	}
	w.sees("#shown", "3 of 154")

	// The same address without the script shows the same rows.
	kept := w.ask(`() => location.search`)
	_, body := get(t, s.URL+"/"+kept)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	if got := 154 - strings.Count(body, "<tbody hidden"); got != 3 {
		t.Errorf("the page that headquarters makes of %s shows %d rows", kept, got)
	}
	w.press(".switch")
	w.sees("#shown", "154 میں سے 3")
	w.holds("the Urdu page keeps the search", `() => document.documentElement.dir === "rtl" && document.getElementById("q").value === "لاہور"`)
	w.press("#all")

	// The map is not mirrored: left is west on the Urdu page too.
	w.holds("west is left", `() => document.getElementById("tile-KCH").getBoundingClientRect().left < document.getElementById("tile-LHR").getBoundingClientRect().left`)
	w.Eval(`() => document.getElementById("tile-LHR").focus()`)
	w.key(input.ArrowLeft)
	w.holds("west of Lahore", `() => document.activeElement.id === "tile-SKP"`)
	w.key(input.ArrowUp)
	w.holds("north of Sheikhupura", `() => document.activeElement.id === "tile-GRW"`)
	w.sees("#tip", "گوجرانوالہ")
	w.holds("one tile is in the order of Tab", `() => document.querySelectorAll(".tile[tabindex='0']").length === 1`)
	w.key(input.Enter)
	w.sees("#shown", "154 میں سے 1")
	w.press("#row-GRW-01 .name")
	w.sees("#state", "تازہ")
	w.sees("#newest", "visit.")
}

// TestItIsLiveOrSaysSo: news arrive, a press of the keyboard is not lost under them, and a server that is gone is said.
func TestItIsLiveOrSaysSo(t *testing.T) {
	t.Parallel()
	s := start(t)
	b := browsertest.Browse(t)
	w := open(t, b, s.URL+"/?lang=en", 1366, 768)
	sheet := open(t, b, s.URL+"/centre/QTA-01?lang=en", 390, 844)
	w.sees("#row-QTA-01", "Not yet heard")
	sheet.sees("#state", "Not yet heard")
	w.sees("#pulse", "Live")
	w.Eval(`() => document.getElementById("tile-QTA").focus()`)
	s.Stir(s.Index("QTA-01"), 12)
	w.sees("#row-QTA-01", "linked now")
	w.sees("#count-never", "4")
	w.holds("the tile changed under the focus and kept it", `() => document.activeElement.id === "tile-QTA" && document.activeElement.classList.contains("s-live")`)
	sheet.sees("#state", "Live")
	sheet.sees("#chains", "QTA-01/")

	w.press(".chip.s-refused")
	w.sees("#shown", "3 of 154")
	s.Refused("QTA-01", "fork", "the batch contradicts the history", time.Now())
	w.sees("#count-forked", "3")
	w.sees("#shown", "3 of 154") // it is forked, and hidden by the filter

	s.stop()
	w.sees("#pulse", "Not live since")
	w.holds("a stale page is greyed", `() => document.body.classList.contains("stale")`)
	w.picture("fleet-not-live")
	sheet.sees("#pulse", "Not live since")
	s.Stir(s.Index("MLN-01"), 1_000_000)
	s.Start()
	w.sees("#pulse", "Live")
	w.press("#all")
	d, _ := s.Detail("MLN-01")
	w.holds("what was missed is there", `(held) => document.getElementById("row-MLN-01").textContent.replaceAll(",", "").includes(held)`, fmt.Sprint(d.Centre.Held))
	w.holds("rows stand in headquarters' order", `() => document.querySelector("#rows tbody").dataset.state === "forked"`)
	sheet.sees("#pulse", "Live")
}

// TestNothingFromOutside: no page asks anything of anybody but headquarters, and nothing on it breaks its own policy.
func TestNothingFromOutside(t *testing.T) {
	t.Parallel()
	s := start(t)
	w := open(t, browsertest.Browse(t), "about:blank", 1366, 768)
	if _, err := w.EvalOnNewDocument(`window.broken = [];
		addEventListener("securitypolicyviolation", e => window.broken.push(e.violatedDirective + " " + e.blockedURI));
		addEventListener("error", e => window.broken.push(e.message), true);`); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/?lang=ur", "/centre/LHR-01?lang=en", "/centre/NOBODY-1"} {
		w.visit(s.URL + path)
		if got := w.ask(`() => [...window.broken, ...performance.getEntriesByType("resource").map(e => e.name)
			.filter(n => !n.startsWith(location.origin))].join(", ")`); got != "" && !strings.Contains(path, "NOBODY") {
			t.Errorf("%s: %s", path, got)
		}
	}
}

// TestForPaper is the page as it is printed.
func TestForPaper(t *testing.T) {
	t.Parallel()
	s := start(t)
	w := open(t, browsertest.Browse(t), s.URL+"/?lang=ur", 794, 1123)
	if err := (proto.EmulationSetEmulatedMedia{Media: "print"}).Call(w.Page); err != nil {
		t.Fatal(err)
	}
	if got := w.ask(tooWide); got != "" {
		t.Errorf("wider than the paper: %s", got)
	}
	w.holds("nothing to press is printed", `() => !document.querySelector(".search, .switch").getClientRects().length`)
	w.picture("fleet-paper")
}
