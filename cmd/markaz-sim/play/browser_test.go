package play_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"

	"markaz.example/edge/web/browsertest"
)

const (
	patience = 60 * time.Second      // bounds every wait; nothing takes this long unless it has failed
	look     = 40 * time.Millisecond // between two looks
)

// sheet is the page of the play in a browser.
type sheet struct {
	*rod.Page
	t *testing.T
}

func openSheet(t *testing.T, url string) sheet {
	t.Helper()
	p, err := browsertest.Browse(t).Page(proto.TargetCreateTarget{URL: "about:blank"})
	if err != nil {
		t.Fatal("open a page:", err)
	}
	s := sheet{p, t}
	s.size(1600, 1000)
	still := proto.EmulationSetEmulatedMedia{Features: []*proto.EmulationMediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}}
	if err := still.Call(p); err != nil {
		t.Fatal("still the page:", err)
	}
	if err := p.Timeout(patience).Navigate(url); err != nil {
		t.Fatalf("visit %s: %v", url, err)
	}
	return s
}

// window opens a page that has no frame on the sheet in a window of its own, by the sheet's link.
func (s sheet) window(name string) screen {
	s.t.Helper()
	var address string
	until(s.t, "the address of "+name, func() bool {
		got, err := s.Eval(`(name) => document.querySelector('a[data-open="' + name + '"]').href`, name)
		if err != nil {
			return false // the page is being loaded
		}
		address = got.Value.Str()
		return address != ""
	})
	p, err := s.Browser().Page(proto.TargetCreateTarget{URL: "about:blank"})
	if err != nil {
		s.t.Fatal("open a page:", err)
	}
	own := sheet{p, s.t}
	own.size(1080, 700)
	if err := p.Timeout(patience).Navigate(address); err != nil {
		s.t.Fatalf("visit %s: %v", address, err)
	}
	return own.screen("")
}

func (s sheet) size(width, height int) {
	s.t.Helper()
	err := s.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: width, Height: height, DeviceScaleFactor: 1})
	if err != nil {
		s.t.Fatal("size the page:", err)
	}
}

// until waits for something to hold.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(look) {
		if holds() {
			return
		}
	}
	t.Fatalf("waited %v for %s", patience, what)
}

// screen is one frame of the sheet; the empty name is the sheet itself. A frame that is loading has nothing in it yet,
// so every question asks for the frame anew.
type screen struct {
	sheet
	name string
}

func (s sheet) screen(name string) screen { return screen{s, name} }

func (s screen) page() (*rod.Page, error) {
	p := s.Timeout(patience)
	if s.name == "" {
		return p, nil
	}
	frame, err := p.Element(`iframe[data-frame="` + s.name + `"]`)
	if err != nil {
		return nil, err
	}
	return frame.Frame()
}

// text is what an element shows; empty when it is not there or not to be seen.
func (s screen) text(selector string) string {
	p, err := s.page()
	if err != nil {
		return ""
	}
	got, err := p.Eval(`(selector) => {
		const e = document.querySelector(selector);
		return e && e.getClientRects().length ? e.textContent.trim().replace(/\s+/g, " ") : "";
	}`, selector)
	if err != nil {
		return ""
	}
	return got.Value.Str()
}

// sees waits until an element shows a text, and gives all of what it shows.
func (s screen) sees(selector, text string) (all string) {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(look) {
		if all = s.text(selector); all != "" && strings.Contains(all, text) {
			return all
		}
	}
	s.picture("failed")
	s.t.Fatalf("%s: %q never showed %q; it shows: %s", s.name, selector, text, s.text("body"))
	return ""
}

// press moves the pointer to an element, through the frame and its scale as a person would, and presses.
func (s screen) press(selector string) {
	s.t.Helper()
	s.sees(selector, "")
	x, y, scale := 0.0, 0.0, 1.0
	inner := s.middle(s.name, selector)
	if s.name != "" {
		outer := s.measure("", `iframe[data-frame="`+s.name+`"]`)
		x, y, scale = outer[0], outer[1], outer[2]
	}
	if err := s.Mouse.MoveTo(proto.NewPoint(x+inner[0]*scale, y+inner[1]*scale)); err != nil {
		s.t.Fatalf("move to %q: %v", selector, err)
	}
	if err := s.Mouse.Click(proto.InputMouseButtonLeft, 1); err != nil {
		s.t.Fatalf("press %q: %v", selector, err)
	}
}

// middle brings an element into view and gives its middle.
func (s screen) middle(name, selector string) [3]float64 {
	s.t.Helper()
	return s.ask(name, `(selector) => {
		const e = document.querySelector(selector);
		e.scrollIntoView({ block: "nearest", behavior: "instant" });
		const r = e.getBoundingClientRect();
		return [r.left + r.width / 2, r.top + r.height / 2, 1];
	}`, selector)
}

// measure is an element's corner and how much smaller it is shown than it is.
func (s screen) measure(name, selector string) [3]float64 {
	s.t.Helper()
	return s.ask(name, `(selector) => {
		const e = document.querySelector(selector);
		const r = e.getBoundingClientRect();
		return [r.left, r.top, r.width / e.offsetWidth];
	}`, selector)
}

func (s screen) ask(name, js, selector string) (got [3]float64) {
	s.t.Helper()
	p, err := s.screen(name).page()
	if err != nil {
		s.t.Fatal(err)
	}
	answer, err := p.Eval(js, selector)
	if err != nil {
		s.t.Fatalf("%s %q: %v", name, selector, err)
	}
	for i, v := range answer.Value.Arr() {
		got[i] = v.Num()
	}
	return got
}

// picture writes the sheet as a PNG, whole if it is longer than its window, and holds that it is not wider.
func (s sheet) picture(name string) {
	s.t.Helper()
	if over, err := s.Eval(`() => document.documentElement.scrollWidth - innerWidth`); err != nil || over.Value.Int() > 0 {
		s.t.Errorf("%s: the sheet is %v dots wider than its window (%v)", name, over.Value, err)
	}
	png, err := s.Screenshot(true, nil)
	if err != nil {
		s.t.Fatalf("picture of %s: %v", name, err)
	}
	dir := os.Getenv("MARKAZ_PICTURES")
	if dir == "" {
		dir = s.t.ArtifactDir()
	}
	if err := os.WriteFile(filepath.Join(dir, "play-"+name+".png"), png, 0o644); err != nil {
		s.t.Fatal(err)
	}
}
