package browsertest

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/launcher/flags"
	"github.com/go-rod/rod/lib/proto"

	"markaz.example/edge/web/webtest"
)

const chromium = "/usr/bin/chromium"

// patience bounds a whole browser test. Nothing in it waits this long unless it has failed.
const patience = 90 * time.Second

// browse starts a browser that ends with the test.
func browse(t *testing.T) *rod.Browser {
	t.Helper()
	if _, err := os.Stat(chromium); err != nil {
		t.Fatalf("%v; the browser tests need Debian's Chromium: apt-get install chromium", err)
	}
	l := launcher.New().Bin(chromium).NoSandbox(true).Headless(true).Leakless(false).UserDataDir(t.TempDir())
	for _, f := range []string{
		"disable-gpu", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update",
		"disable-sync", "hide-scrollbars",
	} {
		l = l.Set(flags.Flag(f))
	}
	address, err := l.Launch()
	if err != nil {
		t.Fatalf("start %s: %v", chromium, err)
	}
	b := rod.New().ControlURL(address)
	if err := b.Connect(); err != nil {
		t.Fatalf("connect to %s: %v", chromium, err)
	}
	b = b.Timeout(patience)
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			l.Kill()
		}
		l.Cleanup()
	})
	return b
}

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
	err := w.Wait(rod.Eval(`(selector, text) => {
		const e = document.querySelector(selector);
		return !!e && e.offsetParent !== null && e.textContent.includes(text);
	}`, selector, text))
	if err != nil {
		w.t.Fatalf("%q never showed %q: %v\nthe page:\n%s", selector, text, err, w.text())
	}
}

func (w window) text() string {
	body, err := w.Element("body")
	if err != nil {
		return err.Error()
	}
	text, err := body.Text()
	if err != nil {
		return err.Error()
	}
	return text
}

func (w window) press(selector string) {
	w.t.Helper()
	e, err := w.Element(selector)
	if err != nil {
		w.t.Fatalf("find %q: %v", selector, err)
	}
	if err := e.Click(proto.InputMouseButtonLeft, 1); err != nil {
		w.t.Fatalf("press %q: %v", selector, err)
	}
}

// picture writes the page as a PNG.
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
	if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, "/", "-")+".png"), png, 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func fonts() fs.FS {
	if dir := os.Getenv("MARKAZ_FONTS"); dir != "" {
		return os.DirFS(dir)
	}
	return webtest.Fonts()
}
