package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"sync"
	"time"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/devices/port"
	"markaz.example/devices/printer"
	"markaz.example/devices/slip"
	"markaz.example/edge/box"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
)

// hall is a box with one printer, both in this process.
type hall struct {
	box     *box.Box
	browser http.Client // trusts the box
	pages   chan printer.Page
	stop    func() error
}

// openHall composes the box as the program does.
func openHall(dir string) (*hall, error) {
	if err := writeModel(dir); err != nil {
		return nil, err
	}
	line, err := port.NewPTY(filepath.Join(dir, "printer"))
	if err != nil {
		return nil, err
	}
	config := hallConfig(dir)
	h := &hall{pages: make(chan printer.Page, pagesMax)}
	h.browser.Transport = client.Transport(filepath.Join(config.DesksDir(), "authority.crt"), nil)
	sim := &printer.Sim{Cutter: true, Speed: math.Inf(1), OnPage: func(p printer.Page) { h.pages <- p }}
	sim.SetPaper(math.Inf(1))
	if h.box, err = box.Open(config, box.Options{Software: "bench", Log: slog.New(slog.DiscardHandler)}); err != nil {
		return nil, errors.Join(err, line.Close())
	}
	h.stop = together(sim.Run, func(ctx context.Context) error { return sim.Serve(ctx, line) }, h.box.Run)
	return h, nil
}

// together runs parts until stop is called, which waits for them.
func together(parts ...func(context.Context) error) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for _, p := range parts {
		wg.Go(func() { _ = p(ctx) })
	}
	return func() error { cancel(); wg.Wait(); return nil }
}

// pressAll asks for numbers one after the other.
func pressAll(dir string, tokens int) (took samples, paper *slip.Bitmap, err error) {
	h, err := openHall(dir)
	if err != nil {
		return nil, nil, err
	}
	defer h.stop()
	if err := h.await("/healthz", func(*http.Response) bool { return true }); err != nil {
		return nil, nil, err
	}
	if err := h.warmUp(); err != nil {
		return nil, nil, err
	}
	for i := range tokens {
		d, err := timed(h.press)
		if err != nil {
			return nil, nil, fmt.Errorf("token %d: %w", i+1, err)
		}
		took = append(took, d.Seconds()*1e3)
		if p := h.lastPage(); p.Bitmap != nil {
			paper = p.Bitmap
		}
	}
	return took, paper, nil
}

// warmUp presses until the printer is there.
func (h *hall) warmUp() (err error) {
	for range warmUpsMax {
		if err = h.press(); !errors.Is(err, errHeld) {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

var errHeld = errors.New("the slip is held: its printer takes none")

// press asks for one number and waits until its paper is known to be in hand.
func (h *hall) press() error {
	form := url.Values{"service": {"kafaalat", "nashonuma"}, "lang": {"ur"}}
	r, err := stayHere.PostForm("http://"+h.box.Address()+"/kiosk?k=1", form)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	at, err := r.Location()
	if err != nil {
		return fmt.Errorf("the kiosk answered %s: %w", r.Status, err)
	}
	var s struct{ State desk.SlipState }
	err = h.await("/api/slip/"+path.Base(at.Path), func(r *http.Response) bool {
		return json.NewDecoder(r.Body).Decode(&s) == nil && s.State != desk.SlipPrinting
	})
	if err == nil && s.State != desk.SlipInHand {
		return errHeld
	}
	return err
}

// stayHere does not follow the kiosk to the page of the slip.
var stayHere = http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

const (
	pagesMax = 64                     // pages that came out since the last look: one, and a white strip
	askEvery = 500 * time.Microsecond // a hundredth of what is measured
	asksMax  = 20_000

	warmUpsMax = 100
)

// await asks the box until the answer is right.
func (h *hall) await(path string, right func(*http.Response) bool) error {
	for range asksMax {
		r, err := h.browser.Get("https://" + h.box.DesksAddress() + path)
		if err != nil {
			return err
		}
		ok := r.StatusCode == http.StatusOK && right(r)
		_, err = io.Copy(io.Discard, r.Body)
		if err := errors.Join(err, r.Body.Close()); err != nil || ok {
			return err
		}
		time.Sleep(askEvery)
	}
	return fmt.Errorf("%s never said what it should", path)
}

// lastPage is the newest paper with ink; none when a white strip is all that came.
func (h *hall) lastPage() (last printer.Page) {
	for {
		select {
		case p := <-h.pages:
			if p.Inked() {
				last = p
			}
		default:
			return last
		}
	}
}

func writeModel(dir string) error {
	return errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, "sim.toml"), []byte(model), 0o600))
}

// paperDots is the width of the model below.
const paperDots = 576

const model = `model = "simulated, 80 mm"
class = "printer"
width_dots = 576
dpi = 203
cutter = "partial"
feed_before_cut = 96
status = "asb"
clear = "dle-dc4-8"
near_end_sensor = true
kanji_off = false

[image]
command = "gs-v-0"
rows_per_block = 128

[line]
baud = 115200
flow = ""
`

func hallConfig(dir string) box.Config {
	return box.Config{
		Data: filepath.Join(dir, "data"), Profiles: dir,
		Centre:  box.Centre{Code: centreCode, NameEn: "One Window Centre, Islamabad", NameUr: "ون ونڈو مرکز، اسلام آباد"},
		Web:     box.Web{Listen: "127.0.0.1:0", Desks: "127.0.0.1:0", Public: "http://10.1.0.1:8080"},
		Devices: []box.Device{{Name: "hall-1", Profile: "sim.toml", Serial: filepath.Join(dir, "printer")}},
		Services: []box.Service{
			{Code: "kafaalat", Letter: "K", NameEn: "Kafaalat stipend", NameUr: "کفالت وظیفہ", Pictogram: "cash", Room: "1"},
			{Code: "nashonuma", Letter: "N", NameEn: "Nashonuma", NameUr: "نشوونما", Pictogram: "child", Room: "2"},
		},
		Desks: []box.Desk{
			{Code: "A", NameEn: "Desk A", NameUr: "کاؤنٹر اے", Room: "1", Serves: []id.Service{"kafaalat", "nashonuma"}},
		},
	}
}

// slipDoc has the lines of a box's ticket: numbers and rooms large, Urdu beside English, a code for a phone.
func slipDoc(token string) slip.Doc {
	return slip.Doc{Blocks: []slip.Block{
		slip.Text{Text: "ون ونڈو مرکز، اسلام آباد", Size: 48, Bold: true},
		slip.Text{Text: "One Window Centre, Islamabad", Size: 26},
		slip.Gap(10), slip.Rule{Thick: 3}, slip.Gap(10),
		slip.Row{Left: slip.Text{Text: "Your number", Size: 28}, Right: slip.Text{Text: "آپ کا نمبر", Size: 46}},
		slip.Text{Text: token, Size: 240, Bold: true, Fit: true},
		slip.Text{Text: "کفالت وظیفہ", Size: 76, Bold: true, Reverse: true, Fit: true},
		slip.Gap(10),
		slip.Text{Text: "Kafaalat stipend", Size: 34, Bold: true},
		slip.Row{Left: slip.Text{Text: "then Nashonuma", Size: 28}, Right: slip.Text{Text: "پھر نشوونما", Size: 40}},
		slip.Gap(10), slip.Rule{}, slip.Gap(10),
		slip.Row{
			Left: slip.Text{Text: "Room", Size: 28}, Middle: slip.Text{Text: "1", Size: 76, Bold: true, Reverse: true},
			Right: slip.Text{Text: "کمرہ", Size: 44},
		},
		slip.Gap(10),
		slip.Row{
			Left: slip.Text{Text: "People ahead", Size: 28}, Middle: slip.Text{Text: "14", Size: 76, Bold: true},
			Right: slip.Text{Text: "آپ سے پہلے", Size: 44},
		},
		slip.Gap(10), slip.Rule{},
		slip.QR{
			Data: "HTTP://10.1.0.1:8080/T/K5QXG43UOVZGKZDT", Module: 6,
			Beside: slip.Text{Text: "اپنی باری فون پر دیکھیں\nYour turn on your phone", Size: 30},
		},
		slip.Rule{Dashed: true}, slip.Gap(10),
		slip.Row{Left: slip.Text{Text: "2026-11-22", Size: 30, Bold: true}, Right: slip.Text{Text: "09:04", Size: 30, Bold: true}},
	}}
}
