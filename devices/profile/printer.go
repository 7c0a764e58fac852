package profile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Words a printer profile may use. Those of a kind that no driver speaks yet are known, so that the error says so
// instead of "unknown".
const (
	ImageGSv0     = "gs-v-0" // GS v 0, the one nearly everything accepts
	ImageGSParenL = "gs-(-L" // GS ( L, stored and then printed
	ImageESCStar  = "esc-*"  // ESC *, columns of 24 dots; the oldest and the slowest

	CutNone    = "none"
	CutPartial = "partial"
	CutFull    = "full"

	StatusDLEEOT = "dle-eot" // answers DLE EOT when asked
	StatusASB    = "asb"     // and tells of changes by itself (GS a)

	ClearDLEENQ = "dle-enq-2" // DLE ENQ 2: recover and clear; no answer
	ClearDLEDC4 = "dle-dc4-8" // DLE DC4, function 8: clear, answered with 37 25 00
)

// Printer is one model of token printer.
type Printer struct {
	Model         string `toml:"model"`           // as on the label, for people
	Class         string `toml:"class"`           // "printer"
	WidthDots     int    `toml:"width_dots"`      // printable dots a row, a multiple of 8
	DPI           int    `toml:"dpi"`             // dots an inch, both ways
	Image         Image  `toml:"image"`           //
	Cutter        string `toml:"cutter"`          // CutNone, CutPartial or CutFull
	FeedBeforeCut int    `toml:"feed_before_cut"` // dots from the print head to the blade, or to the tear bar
	Status        string `toml:"status"`          // StatusDLEEOT or StatusASB
	Clear         string `toml:"clear"`           // ClearDLEENQ or ClearDLEDC4
	NearEnd       bool   `toml:"near_end_sensor"` // false: "plenty" means nothing
	KanjiOff      bool   `toml:"kanji_off"`       // the model pairs bytes from 80 up unless told not to
	Line          Line   `toml:"line"`            //

	Firmware PrinterFirmware `toml:"firmware"`
}

// Image is how pictures are sent.
type Image struct {
	Command      string `toml:"command"`        // ImageGSv0, ImageGSParenL or ImageESCStar
	RowsPerBlock int    `toml:"rows_per_block"` // rows a command, 1 to 128; with ImageESCStar a multiple of 24
}

// PrinterFirmware is what the printer itself should remember or be told. A key that is left out leaves the printer as
// it is.
//
// Density and Speed are kept by the printer in memory of its own; only `apply` writes them, and they can be read back.
// The others are forgotten at the next ESC @, so the driver says them again at the head of every slip, and no printer
// can be asked for them.
// Source: Epson ESC/POS Command Reference, GS ( E functions 5 and 6, ESC t, ESC c 4, ESC c 5, GS a.
type PrinterFirmware struct {
	Density *int `toml:"density"` // -6 to 6: 70 % to 130 % of the usual blackness
	Speed   *int `toml:"speed"`   // 1, the slowest, to 13

	AutoStatus *int  `toml:"auto_status"`      // GS a, 0 to 15: which changes it tells by itself; only with StatusASB
	CodePage   *int  `toml:"code_page"`        // ESC t, 0 to 255, the maker's own number
	NearStop   *bool `toml:"stop_at_near_end"` // ESC c 4: stop as soon as paper is low, or print to the end
	Buttons    *bool `toml:"panel_buttons"`    // ESC c 5: the feed button works
}

// LoadPrinter reads one profile. The error names the file and, where there is one, the line.
func LoadPrinter(path string) (Printer, error) {
	return LoadPrinterFS(os.DirFS(filepath.Dir(path)), filepath.Base(path))
}

// LoadPrinterFS is LoadPrinter for profiles that were built into a program.
func LoadPrinterFS(fsys fs.FS, name string) (Printer, error) { return load[Printer](fsys, name) }

// Check reports every value that no driver could work with.
func (p Printer) Check() error {
	return errors.Join(
		filled("model", p.Model),
		oneOf("class", p.Class, []string{ClassPrinter}, nil),
		within("width_dots", p.WidthDots, widthDotsMin, widthDotsMax),
		wholeBytes(p.WidthDots),
		within("dpi", p.DPI, dpiMin, dpiMax),
		p.Image.check(),
		oneOf("cutter", p.Cutter, []string{CutNone, CutPartial, CutFull}, nil),
		within("feed_before_cut", p.FeedBeforeCut, 0, feedDotsMax),
		oneOf("status", p.Status, []string{StatusDLEEOT, StatusASB}, []string{"none"}),
		oneOf("clear", p.Clear, []string{ClearDLEENQ, ClearDLEDC4}, nil),
		within("line.baud", p.Line.Baud, printerBaudMin, baudMax),
		p.Line.check(),
		p.Firmware.check(p.Status),
	)
}

func (i Image) check() error {
	err := errors.Join(
		oneOf("image.command", i.Command, []string{ImageGSv0, ImageGSParenL, ImageESCStar}, nil),
		within("image.rows_per_block", i.RowsPerBlock, 1, rowsMax),
	)
	if err == nil && i.Command == ImageESCStar && i.RowsPerBlock%StripRows != 0 {
		err = fmt.Errorf("image.rows_per_block = %d is no multiple of %d, which %q prints at once", i.RowsPerBlock, StripRows, ImageESCStar)
	}
	return err
}

func (f PrinterFirmware) check(status string) error {
	if f.AutoStatus != nil && status != StatusASB {
		return fmt.Errorf("firmware.auto_status needs status = %q", StatusASB)
	}
	return errors.Join(
		maybeWithin("firmware.density", f.Density, densityMin, densityMax),
		maybeWithin("firmware.speed", f.Speed, speedMin, speedMax),
		maybeWithin("firmware.auto_status", f.AutoStatus, 0, autoStatusMax),
		maybeWithin("firmware.code_page", f.CodePage, 0, codePageMax),
	)
}

func maybeWithin(key string, n *int, low, high int) error {
	if n == nil {
		return nil
	}
	return within(key, *n, low, high)
}
