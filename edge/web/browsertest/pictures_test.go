package browsertest

import (
	"fmt"
	"strings"
	"testing"

	"markaz.example/edge/health"
	"markaz.example/edge/id"
	"markaz.example/edge/web/webtest"
)

// TestPictures shows every page in both languages and in the sizes it is used in, and holds that none is wider than its
// screen.
func TestPictures(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	b := Browse(t)
	w := open(t, b, c.URL+"/hall", 1920, 1080)
	w.picture("hall-empty-1920")
	busy(t, c)
	slip := c.Visitor("nashonuma", "payment")
	c.Printer.Break("paper-out")
	held := c.Visitor("wazaif")
	for _, s := range []shot{
		{"kiosk", "/kiosk?k=1", 1920, 1080}, {"kiosk", "/kiosk?k=1", 1366, 768}, {"kiosk", "/kiosk?k=1", 1024, 600},
		{"kiosk", "/kiosk?k=1", 390, 844},
		{"kiosk-life", "/kiosk?k=1&life=1", 1366, 768}, {"kiosk-large", "/kiosk?k=1&large=1&high=1", 1366, 768},
		{"where", "/kiosk/where?k=1", 1366, 768}, {"door", "/door?x=1", 1366, 768}, {"door", "/door?x=1", 390, 844},
		{"hall", "/hall?x=1", 1920, 1080}, {"hall", "/hall?x=1", 1024, 600},
		{"choose", "/desk?x=1", 1280, 800}, {"choose", "/desk?x=1", 390, 844},
		{"console-called", "/desk/A?x=1", 1280, 800}, {"console-called", "/desk/A?x=1", 390, 844},
		{"console-serving", "/desk/B?x=1", 1280, 800}, {"console-serving", "/desk/B?x=1", 390, 844},
		{"console-free", "/desk/C?x=1", 1280, 800}, {"console-free", "/desk/C?x=1", 390, 844},
		{"floor", "/floor?x=1", 1920, 1080}, {"floor", "/floor?x=1", 390, 844},
		{"slip-printed", "/kiosk/slip/" + string(slip.Visit) + "?k=1", 1920, 1080},
		{"slip-printed", "/kiosk/slip/" + string(slip.Visit) + "?k=1", 1024, 600},
		{"slip-held", "/kiosk/slip/" + string(held.Visit) + "?k=1", 1920, 1080},
		{"slip-held", "/kiosk/slip/" + string(held.Visit) + "?k=1", 1024, 600},
		{"phone", "/T/" + string(slip.Code) + "?x=1", 390, 844},
		{"not-found", "/nowhere?x=1", 1280, 800},
	} {
		s.take(t, w, c.URL)
	}
}

type shot struct {
	name, path    string
	width, height int
}

// forVisitors says whether a page speaks more languages than its staff.
func (s shot) forVisitors() bool {
	return strings.HasPrefix(s.path, "/kiosk") || strings.HasPrefix(s.path, "/T/")
}

func (s shot) take(t *testing.T, w window, base string) {
	t.Helper()
	w.size(s.width, s.height)
	langs := []string{"ur", "en"}
	if s.forVisitors() {
		langs = append(langs, "sd", "ps")
	}
	for _, lang := range langs {
		w.visit(base + s.path + "&lang=" + lang)
		name := fmt.Sprintf("%s-%d-%s", s.name, s.width, lang)
		if wide, err := w.Eval(`() => document.documentElement.scrollWidth`); err != nil || wide.Value.Int() > s.width {
			t.Errorf("%s is %v wide on a screen of %d (%v)", name, wide.Value, s.width, err)
		}
		w.Eval(`() => new Promise(r => setTimeout(r, 60))`) // the first push, and pictures of animations in flight
		w.picture(name)
	}
}

// busy is a hall at nine in the morning.
func busy(t *testing.T, c *webtest.Centre) {
	t.Helper()
	ctx := t.Context()
	for i := range 23 {
		c.Visitor(webtest.Catalogue().Services[i*7%5].Code)
	}
	served := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range []string{"A", "C", "D", "B", "D", "C", "A", "B"} {
		at := id.Desk(d)
		if board, err := c.Floor.DeskBoard(ctx, at); err == nil && board.Current != nil {
			served(c.Floor.Confirm(ctx, at))
			served(c.Floor.Finish(ctx, at, "done", false))
		}
		_, err := c.Floor.CallNext(ctx, at)
		served(err)
	}
	served(c.Floor.Confirm(ctx, "B"))
	served(c.Floor.Confirm(ctx, "C"))
	served(c.Floor.Finish(ctx, "C", "referred", false))
	c.Health.Set("printer.paper-out", "printer/hall", health.Critical, "roll empty")
	c.Health.Set("clock.unset", "", health.Warning, "")
}
