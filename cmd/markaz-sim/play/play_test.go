package play_test

import (
	"io"
	"path/filepath"
	"strings"
	"testing"

	"markaz.example/sync/fleet"
)

// TestPlay plays what the page asks for, as a person would: every press goes through the browser, every result is read
// from a screen, and the counts are compared with the box's and headquarters' own.
func TestPlay(t *testing.T) {
	c := start(t)
	s := openSheet(t, c.URL)
	p := playing{t, c, s, s.screen(""), s.screen("kiosk"), s.window("desk"), s.screen("hall"), s.screen("hq")}
	p.kiosk.sees(".tiles", "کفالت")
	p.hq.sees(".sum", "Records held")
	s.picture("1-open")

	first := p.token("kafaalat")
	p.paper(1)
	p.desk.press("#act-next")
	p.hall.sees(".call-token", first)
	p.desk.sees(".hand-token", first)
	s.picture("2-called")

	p.paperOut()
	p.cableCut()
	p.instruments()
	p.sizes()
	p.nothingLost(3)
}

// playing is a game under way.
type playing struct {
	t                            *testing.T
	c                            *centre
	s                            sheet
	sheet, kiosk, desk, hall, hq screen
}

// home brings the kiosk back to its pictures. It goes there by itself as well, so the look and the press are one step
// inside the page: a press that came late would hit a picture.
func (p playing) home() {
	p.t.Helper()
	until(p.t, "the kiosk's pictures", func() bool {
		if page, err := p.kiosk.page(); err == nil {
			_, _ = page.Eval(`() => document.querySelector('a.button[href^="/kiosk?"]')?.click()`) // a page on its way out is asked again
		}
		return p.kiosk.text(".tiles") != ""
	})
}

// token presses a service and gives the number on the paper that the printer confirmed.
func (p playing) token(service string) string {
	p.t.Helper()
	p.home()
	p.kiosk.press(`button[value="` + service + `"]`)
	p.kiosk.sees(".slip-printed", "")
	return p.kiosk.sees(".slip-printed .slip-token", "")
}

// paper waits until the sheet shows so many papers, drawn from the printer's dots.
func (p playing) paper(want int) {
	p.t.Helper()
	until(p.t, "the papers on the sheet", func() bool {
		got, err := p.s.Eval(`() => [...document.querySelectorAll("#papers img")].filter(i => i.naturalWidth === 576).length`)
		return err == nil && got.Value.Int() == want
	})
	if got := len(p.c.Printer.Pages()); got != want {
		p.t.Fatalf("the sheet shows %d papers; %d came out", want, got)
	}
}

// paperOut asks for a number without paper in either printer: the visitor is told, the number is not waiting; with paper it prints once.
func (p playing) paperOut() {
	p.t.Helper()
	before := p.c.figures()
	p.eitherPaper("paper out")
	until(p.t, "the box to know that there is none", func() bool { return strings.Count(p.floor(), "Put in a new roll") == 2 })
	p.home()
	p.kiosk.press(`button[value="nashonuma"]`)
	p.kiosk.sees(".slip-held", "The printer has no paper")
	if f := p.c.figures(); f.Held != 1 || f.Waiting != before.Waiting || f.Asked != before.Asked+1 {
		p.t.Errorf("without paper the figures are %+v, before %+v", f, before)
	}
	p.s.picture("3-paper-out")
	p.paper(1)

	p.eitherPaper("ready")
	until(p.t, "the box to know of the paper", func() bool { return !strings.Contains(p.floor(), "Put in a new roll") })
	p.kiosk.press("button.get")
	p.kiosk.sees(".slip-printed", "")
	p.paper(2)
	if f := p.c.figures(); f.Held != 0 || f.Waiting != before.Waiting+1 || f.NotInHand != 0 {
		p.t.Errorf("with the paper back the figures are %+v, before %+v", f, before)
	}
}

// eitherPaper takes the paper out of both printers, or puts it in.
func (p playing) eitherPaper(state string) {
	p.t.Helper()
	p.sheet.press("#switch-paper")
	p.sheet.press(do("hall-2/paper"))
	p.sheet.sees(seen("hall-1"), state)
	p.sheet.sees(seen("hall-2"), state)
}

// do and seen are the button of an act and what is seen of a machine.
func do(act string) string    { return `button[data-do="` + act + `"]` }
func seen(name string) string { return `[data-state="` + name + `"]` }

// instruments goes through the other panels with the mouse, and looks at what the box makes of it in the frames.
func (p playing) instruments() {
	p.t.Helper()
	p.sheet.press(`button[data-panel="instruments"]`)
	p.sheet.press(do("reader-a/press 2 wet"))
	p.sheet.sees(seen("reader-a"), "person 2 wet")
	p.sheet.press(do("infant-b/put 7800"))
	p.sheet.sees(seen("infant-b"), "7.800 kg")
	p.s.window("finger").sees("header", "")
	p.s.picture("8-desks")

	p.sheet.press(`button[data-panel="bank"]`)
	p.sheet.press(do("atm-1/empty"))
	p.sheet.sees(seen("atm-1"), "no cash")
	p.sheet.sees(do("atm-1/empty"), "Refill")
	p.s.window("machines").sees(".gear-list", "paypoint/ravi/atm-1")
	p.s.picture("9-bank")

	p.sheet.press(`button[data-panel="faults"]`)
	p.write("then: unplog")
	p.sheet.sees("#script-said", `line 1, column 7`)
	p.write("then: unplug")
	until(p.t, "the script's harm on the sheet", func() bool { return !p.c.Printer.Plugged() })
	p.s.picture("A-faults")
	p.sheet.press("#script-end")
	until(p.t, "the end of the script's harm", p.c.Printer.Plugged)
	p.sheet.press(`button[data-panel="printers"]`)
}

// write puts a script into its box and lets it befall the first printer.
func (p playing) write(script string) {
	p.t.Helper()
	if _, err := p.s.Eval(`(text) => { document.querySelector("#script textarea").value = text; }`, script); err != nil {
		p.t.Fatal(err)
	}
	p.sheet.press("#script button")
}

// cableCut goes on without headquarters, in the other language, and lets headquarters have everything afterwards.
func (p playing) cableCut() {
	p.t.Helper()
	p.hq.sees(".s-live .pill", "Live")
	p.sheet.press("#switch-cable")
	p.sheet.sees("#cable-state", "cut")
	p.hq.sees(".s-away .pill", "Away")
	held := p.c.fleet().Held
	p.home()
	p.kiosk.press(`.kiosk-langs a[lang="en"]`)
	p.kiosk.sees(`html[lang="en"] .tiles`, "Kafaalat")
	token := p.token("kafaalat")
	p.desk.press("a.switch")
	p.desk.sees(`html[lang="en"] #act-present`, "Here")
	p.desk.press("#act-present")
	p.desk.press("#act-done")
	p.desk.press("#act-next")
	p.hall.sees(".call-token", token)
	p.paper(3)
	if r := p.c.fleet(); r.Held != held || p.c.figures().Seq <= held {
		p.t.Errorf("headquarters holds %d after the cut, %d at the cut; the box is at %d", r.Held, held, p.c.figures().Seq)
	}
	p.s.picture("4-cable-cut")

	p.sheet.press("#switch-cable")
	p.sheet.sees("#cable-state", "whole")
	until(p.t, "headquarters to have everything", func() bool {
		r, f := p.c.fleet(), p.c.figures()
		return r.Lag == 0 && r.Held == f.Seq && r.Count[fleet.Live] == 1
	})
	p.hq.sees(".s-live .pill", "Live")
	p.s.picture("5-mended")
}

// floor is the manager's page in English, which names what is wrong and what to do.
func (p playing) floor() string {
	p.t.Helper()
	r, err := p.c.browser().Get(p.c.BoxURL("/floor?lang=en"))
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(b)
}

// sizes shows the sheet on a laptop and on a phone.
func (p playing) sizes() {
	p.t.Helper()
	for _, size := range []struct {
		name          string
		width, height int
	}{{"6-laptop", 1280, 800}, {"7-phone", 390, 844}} {
		p.s.size(size.width, size.height)
		p.s.picture(size.name)
	}
}

// nothingLost stops everything and asks the tools: both chains are whole and of one length, every paper came out once.
func (p playing) nothingLost(papers int) {
	p.t.Helper()
	seq := p.c.figures().Seq
	p.c.stop()
	box := p.c.run("markaz", "ledger", "verify", filepath.Join(p.c.Dir, "box", "ledger.db"))
	p.c.run("markaz-hq", "archive", "verify", filepath.Join(p.c.Dir, "hq", "archive.db"))
	dump := p.c.run("markaz", "ledger", "dump", filepath.Join(p.c.Dir, "box", "ledger.db"))
	if got := strings.Count(dump, `"kind":"paper.printed/1"`); got != papers {
		p.t.Errorf("%d papers were confirmed, want %d", got, papers)
	}
	if got := uint64(strings.Count(dump, "\n")); got < seq {
		p.t.Errorf("the box had shown record %d and holds %d: %s", seq, got, box)
	}
	if got := len(p.c.Printer.Pages()); got != papers {
		p.t.Errorf("%d papers came out, want %d", got, papers)
	}
}
