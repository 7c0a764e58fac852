package profile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Words a printer profile may use. Those of a kind that no driver speaks yet are known, so that the error says so
// instead of "unknown".
const (
	ImageGSv0 = "gs-v-0" // GS v 0, the one nearly everything accepts

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
}

// Image is how pictures are sent.
type Image struct {
	Command      string `toml:"command"`        // ImageGSv0
	RowsPerBlock int    `toml:"rows_per_block"` // rows a command, 1 to 128
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
		oneOf("image.command", p.Image.Command, []string{ImageGSv0}, []string{"gs-(-L", "esc-*"}),
		within("image.rows_per_block", p.Image.RowsPerBlock, 1, rowsMax),
		oneOf("cutter", p.Cutter, []string{CutNone, CutPartial, CutFull}, nil),
		within("feed_before_cut", p.FeedBeforeCut, 0, feedDotsMax),
		oneOf("status", p.Status, []string{StatusDLEEOT, StatusASB}, []string{"none"}),
		oneOf("clear", p.Clear, []string{ClearDLEENQ, ClearDLEDC4}, nil),
		within("line.baud", p.Line.Baud, printerBaudMin, baudMax),
		p.Line.check(),
	)
}
