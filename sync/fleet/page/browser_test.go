package page_test

import (
	"fmt"
	"os"
	"path/filepath"
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
	s := start(t)
	w := open(t, browsertest.Browse(t), s.URL, 1366, 768)
	forked := "/centre/" + string(s.Centres[40].Code)
	for _, shot := range []struct {
		name, path    string
		width, height int
		dark          bool
	}{
		{"fleet", "/?x=1", 1366, 768, false}, {"fleet", "/?x=1", 1920, 1080, false}, {"fleet", "/?x=1", 360, 1500, false},
		{"fleet-dark", "/?x=1", 1366, 768, true}, {"fleet-filtered", "/?state=away&state=silent", 1366, 768, false},
		{"fleet", "/?x=1", 768, 1024, false},
		{"centre", forked + "?x=1", 1366, 768, false}, {"centre", forked + "?x=1", 360, 1500, false}, {"centre-dark", forked + "?x=1", 1920, 1080, true},
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
