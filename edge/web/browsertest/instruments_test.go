package browsertest

import (
	"fmt"
	"testing"
	"time"

	"markaz.example/edge/book/identity"
	"markaz.example/edge/id"
	"markaz.example/edge/web/devices"
	"markaz.example/edge/web/webtest"
)

// serve calls the next person to a desk and says that she is here.
func serve(t *testing.T, c *webtest.Centre, d id.Desk) {
	t.Helper()
	if _, err := c.Floor.CallNext(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if err := c.Floor.Confirm(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

// A wet finger, a good one for the next person, and for a third none at all: a case with its number.
func TestFingerAtADesk(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	for range 2 {
		c.Visitor("kafaalat")
	}
	w := open(t, Browse(t), c.Desks+"/desk/A?lang=en", 1280, 800)
	serve(t, c, "A")
	w.press(".tool-finger")
	w.sees(".tool-say", "Next finger")
	w.press("#act-take")
	w.sees(".tool-say", "Put this finger on the reader")
	w.picture("finger-waiting-1280-en")
	c.Hand.Press(identity.Messy, 22)
	w.sees(".tool-last", "Smeared")
	w.sees("#act-take", "Take this finger")
	w.key('f')
	w.sees("#act-take", "Stop waiting")
	c.Hand.Press(identity.Taken, 78)
	w.sees(".tool-say", "The finger was taken")
	w.picture("finger-passed-1280-en")

	if err := c.Floor.Finish(t.Context(), "A", "done", true); err != nil {
		t.Fatal(err)
	}
	serve(t, c, "A")
	w.visit(c.Desks + "/desk/A/finger?lang=ur")
	w.press("#reason-henna")
	for tries := range 3 {
		w.press("#act-take")
		c.Hand.Press(identity.NoFinger, 0)
		w.sees(".finger-count", fmt.Sprint(tries+1))
		w.sees("#act-take", "یہ انگلی لیں")
	}
	w.sees(".tool-finger", "بائیں شہادت")
	for _, size := range [][2]int{{1280, 800}, {390, 844}} {
		shot{"finger-ready", "/desk/A/finger?x=1", size[0], size[1]}.take(t, w, c.URL)
	}
	w.press("#reason-henna")
	w.press("#act-file")
	w.sees(".tool-say", "A case is filed")
	w.sees("#finger", "Henna")
	shot{"finger-filed", "/desk/A/finger?x=1", 1280, 800}.take(t, w, c.URL)
}

// A child is weighed twice, measured twice and printed.
func TestMeasureAtADesk(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	c.Visitor("nashonuma")
	w := open(t, Browse(t), c.Desks+"/desk/B/measure?lang=en", 1280, 800)
	w.sees("#pan", "Nobody is at your desk")
	serve(t, c, "B")
	w.sees("#pan", "Choose what to measure")
	shot{"measure-choose", "/desk/B/measure?x=1", 1280, 800}.take(t, w, c.URL)
	w.press("#act-child-lying")
	for _, weight := range []struct {
		grams       int64
		shown, next string
	}{
		{4250, "4.250 kg", "Lift off, then put on again"},
		{4260, "4.260 kg", "Measure and type the length"},
	} {
		c.Pan.Show(0, true)
		c.Pan.Show(weight.grams-30, false)
		w.sees(".pan-moving", "kg")
		c.Pan.Show(weight.grams, true)
		w.sees(".pan-steady", weight.shown)
		w.press("#act-now")
		w.sees(".tool-say", weight.next) // before the child moves
	}
	shot{"measure-length", "/desk/B/measure?x=1", 390, 844}.take(t, w, c.URL)
	w.fill("#value-length", "563")
	w.press("#act-type")
	w.sees(".refusal", "Nobody measures that")
	w.visit(c.Desks + "/desk/B/measure?lang=en")
	w.fill("#value-length", "56.3")
	w.press("#act-type")
	w.fill("#value-length-again", "56.5")
	w.press("#act-type")
	w.fill("#value-muac", "112")
	w.press("#act-type")
	w.sees(".pan-kept", "112 mm")
	w.sees(".pan-kept", "4.255 kg")
	w.press("#act-print")
	for len(c.Printer.Out()) < 2 {
		time.Sleep(time.Millisecond)
	}
	if job := c.Printer.Out()[1]; job.Form != "result" {
		t.Errorf("printed %+v", job)
	}
	shot{"measure-done", "/desk/B/measure?x=1", 1280, 800}.take(t, w, c.URL)
}

// What was opened stays open while bytes come in.
func TestMachines(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	c.Devices = machines()
	busy(t, c)
	w := open(t, Browse(t), c.Desks+"/floor/devices?lang=en", 1280, 800)
	w.press(".gear-critical summary")
	w.sees(".gear-critical .gear-bytes", "10 04 01")
	c.Visitor("survey") // the page is pushed anew
	time.Sleep(1200 * time.Millisecond)
	if open, err := w.Eval(`() => document.querySelectorAll("details[open]").length`); err != nil || open.Value.Int() != 1 {
		t.Errorf("open after a push: %v, %v", open.Value, err)
	}
	for _, size := range [][2]int{{1280, 800}, {390, 844}} {
		shot{"machines", "/floor/devices?x=1", size[0], size[1]}.take(t, w, c.URL)
	}
}

// machines are one of each state.
func machines() []devices.Device {
	at := time.Date(2026, 11, 22, 4, 15, 7, 0, time.UTC)
	return []devices.Device{
		{Name: "printer/hall", Class: "printer", Model: "Epson TM-T20III, 80 mm, serial and USB", Wire: "usb:serial=A50285BI",
			Facts:     []devices.Fact{{Key: "state", Value: "paper is out"}, {Key: "paper", Value: "out"}},
			Exchanges: []devices.Exchange{{At: at, Sent: true, Hex: "10 04 01"}, {At: at, Hex: "1A"}}},
		{Name: "scale/infant", Class: "scale", Model: "A&D EK-i", Wire: "usb:socket=1-2.3", Desks: []string{"B"}, Serial: "T0042",
			Facts: []devices.Fact{{Key: "weight", Value: "4.250 kg"}, {Key: "steady", Value: "yes"}}},
		{Name: "finger/desk-a", Class: "finger", Model: "ZFM-20", Wire: "/dev/markaz/reader-a", Desks: []string{"A"}},
		{Name: "paypoint/hbl/047", Class: "paypoint", Model: "atm", Wire: "hbl-push",
			Facts: []devices.Fact{{Key: "pay", Value: "no"}, {Key: "why", Value: "cash"}, {Key: "cash", Value: "out"}}},
	}
}

// fill types a value into a field.
func (w window) fill(selector, value string) {
	w.t.Helper()
	w.front()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		e, err := w.Page.Timeout(patience).Element(selector)
		if err == nil {
			err = e.Input(value)
		}
		if err == nil {
			return
		}
		if time.Now().After(end) {
			w.t.Fatalf("type %q into %s: %v", value, selector, err)
		}
	}
}
