package browsertest

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"
)

// patience bounds one step of a test. Nothing waits this long unless it has failed: the longest, a page that finds the box
// again, takes ten seconds at most.
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
	err := w.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: width, Height: height, DeviceScaleFactor: 1})
	if err != nil {
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

// sees waits until an element shows a text.
func (w window) sees(selector, text string) {
	w.t.Helper()
	ok := w.becomes(`(selector, text) => {
		const e = document.querySelector(selector);
		return !!e && e.getClientRects().length > 0 && e.textContent.includes(text);
	}`, selector, text)
	if !ok {
		w.t.Fatalf("%q never showed %q; the page:\n%s", selector, text, w.text())
	}
}

// becomes asks a page until the answer is true. Each question has its own time: one that was asked while the page was
// being left may never be answered.
func (w window) becomes(question string, args ...any) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		got, err := w.Timeout(time.Second).Eval(question, args...)
		if err == nil && got.Value.Bool() {
			return true
		}
	}
	return false
}

func (w window) text() string {
	got, err := w.Timeout(2 * time.Second).Eval(`() => location.href + "\n" + document.body.innerText`)
	if err != nil {
		return err.Error()
	}
	return got.Value.Str()
}

func (w window) press(selector string) {
	w.t.Helper()
	w.front()
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if err = w.tryPress(selector); err == nil {
			return
		}
	}
	w.t.Fatalf("press %q: %v; the page:\n%s", selector, err, w.text())
}

// front brings the page before all others: one in the background is not drawn, not pressed and takes no keys.
func (w window) front() {
	w.t.Helper()
	if _, err := w.Activate(); err != nil {
		w.t.Fatal("bring the page to the front:", err)
	}
}

// tryPress fails when the element is exchanged between being found and being pressed.
func (w window) tryPress(selector string) error {
	e, err := w.Timeout(2 * time.Second).Element(selector)
	if err != nil {
		return err
	}
	return e.Click(proto.InputMouseButtonLeft, 1)
}

// picture writes the page as a PNG.
func (w window) picture(name string) {
	w.t.Helper()
	w.front()
	w.Eval(`() => document.fonts.ready`)
	png, err := w.Timeout(patience).Screenshot(false, nil)
	if err != nil {
		w.t.Fatalf("picture of %s: %v", name, err)
	}
	w.keep(name, png)
}

// pictureOf writes one element of the page as a PNG, whole if the window is high enough for it.
func (w window) pictureOf(selector, name string) {
	w.t.Helper()
	w.front()
	w.Eval(`() => document.fonts.ready`)
	e, err := w.Timeout(patience).Element(selector)
	if err != nil {
		w.t.Fatalf("picture of %s: %v", name, err)
	}
	png, err := e.Screenshot(proto.PageCaptureScreenshotFormatPng, 0)
	if err != nil {
		w.t.Fatalf("picture of %s: %v", name, err)
	}
	w.keep(name, png)
}

func (w window) keep(name string, png []byte) {
	w.t.Helper()
	dir := os.Getenv("MARKAZ_PICTURES")
	if dir == "" {
		dir = w.t.ArtifactDir()
	}
	if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, "/", "-")+".png"), png, 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// fonts are the ones that a box serves: with others words are wider, and a page that fits may not.
func fonts() fs.FS { return os.DirFS(filepath.Join("..", "..", "..", "devices", "slip", "fonts")) }
