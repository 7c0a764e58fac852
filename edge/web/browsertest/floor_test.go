package browsertest

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-rod/rod"

	"markaz.example/edge/health"
	"markaz.example/edge/web/webtest"
)

// The manager closes a line and says something to the hall, which shows it; when nothing can be printed numbers are written
// by hand, typed in afterwards, with the digits of either alphabet, and counted in the day's report.
func TestManagerRunsTheFloor(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	busy(t, c)
	b := Browse(t)
	w := open(t, b, c.Desks+"/floor?lang=en", 1366, 768)
	hall := open(t, b, c.URL+"/hall?lang=en", 1366, 768)

	w.press("#do-line summary")
	w.choose("#do-line-which", "wazaif")
	w.choose("#why-line", "full")
	w.press("#line-close")
	w.sees("#floorlines", "Too many people")
	w.write("#say-text", "Water is at the green door")
	w.press("#say-go")
	w.sees("#said-list", "Water is at the green door")
	hall.sees("body", "Water is at the green door")

	w.press("#do-clock summary")
	later := c.Floor.Today().Add(2 * time.Minute)
	w.choose("#clock-time", later.Format("2006-01-02T15:04"))
	w.press("#clock-set")
	w.sees("[data-clock]", later.Format("15:04"))

	w.press("#sound")
	c.Health.Set("printer.paper-out", "printer/back", health.Critical, "")
	if !w.becomes(`() => document.getElementById("sound").dataset.rang === "1"`) {
		t.Error("the page made no sound for a new alarm")
	}
	w.writeBook(c, t)
}

// writeBook opens the paper book, types three lines in, one of them wrong, and looks for them in the report.
func (w window) writeBook(c *webtest.Centre, t *testing.T) {
	t.Helper()
	now := c.Floor.Today()
	came := now.Add(-40 * time.Minute)
	w.visit(c.Desks + "/floor/book?lang=en")
	w.press("#book-open")
	w.sees(".book-state", "written by hand")
	kiosk := open(t, w.Browser(), c.URL+"/kiosk?lang=en&k=1", 1366, 768)
	kiosk.press(".tile-go")
	kiosk.sees(".refusal", "written by hand")
	for n, number := range []string{"A901", "b 902", "E۹۰۳"} {
		w.write(fmt.Sprintf("#number-%d", n+1), number)
		w.write(fmt.Sprintf("#came-%d", n+1), came.Format("15:04"))
	}
	w.write("#ended-1", now.Add(-10*time.Minute).Format("15.04"))
	w.choose("#service-3", "payment")
	w.write("#came-2", "25:61")
	w.press("#book-enter")
	w.sees(".notice", "A901")
	w.sees(".book-refused + .book-why", "times")
	if got := w.MustElement("#number-1").MustProperty("value").Str(); got != "b 902" {
		t.Errorf("the refused line is %q now", got)
	}
	w.write("#came-1", came.Format("1504"))
	w.press("#book-enter")
	w.sees(".notice", "B902")
	w.press("#book-close")
	w.sees(".book-state", "Numbers are printed")
	w.visit(c.Desks + "/floor/report?lang=en")
	w.sees(".report-head", "by hand")
	w.sees(".report-counts dl div:nth-last-child(2)", "3")
}

func (w window) choose(selector, value string) {
	w.t.Helper()
	if _, err := w.Timeout(patience).MustElement(selector).Eval(`(v) => { this.value = v; this.dispatchEvent(new Event("change", { bubbles: true })); }`, value); err != nil {
		w.t.Fatalf("choose %s of %s: %v", value, selector, err)
	}
}

// write types a text into a field in the place of what stands there.
func (w window) write(selector, text string) {
	w.t.Helper()
	w.front()
	err := rod.Try(func() {
		w.Timeout(patience).MustElement(selector).MustSelectAllText().MustInput(text)
	})
	if err != nil {
		w.t.Fatalf("write into %s: %v; the page:\n%s", selector, err, w.text())
	}
}
