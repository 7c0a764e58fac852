package profile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/pelletier/go-toml/v2"
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

// Line is how the model's serial line is set when it leaves the factory or after our set-up.
type Line struct {
	Baud int    `toml:"baud"` // bits a second, 8N1
	Flow string `toml:"flow"` // "", "rts-cts" or "xon-xoff"; the words of port.Flow
}

// LoadPrinter reads one profile. The error names the file and, where there is one, the line.
func LoadPrinter(path string) (Printer, error) {
	return LoadPrinterFS(os.DirFS(filepath.Dir(path)), filepath.Base(path))
}

// LoadPrinterFS is LoadPrinter for profiles that were built into a program.
func LoadPrinterFS(fsys fs.FS, name string) (Printer, error) {
	p, err := load(fsys, name)
	if err != nil {
		return Printer{}, fmt.Errorf("printer profile %s: %w", name, err)
	}
	return p, nil
}

func load(fsys fs.FS, name string) (p Printer, err error) {
	f, err := fsys.Open(name)
	if err != nil {
		return p, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, fileBytesMax+1))
	if err != nil {
		return p, err
	}
	if len(b) > fileBytesMax {
		return p, fmt.Errorf("larger than %d bytes; this is no profile", fileBytesMax)
	}
	if p, err = parsePrinter(b); err != nil {
		return p, err
	}
	return p, p.Check()
}

func parsePrinter(b []byte) (p Printer, err error) {
	err = toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(&p)
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) {
		var all []error
		for _, e := range unknown.Errors {
			line, _ := e.Position()
			all = append(all, fmt.Errorf("line %d: unknown key %q; firmware-configs/README.md lists the keys", line, dotted(e.Key())))
		}
		return p, errors.Join(all...)
	}
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		line, column := bad.Position()
		return p, fmt.Errorf("line %d, column %d: %w", line, column, err)
	}
	return p, err
}

func dotted(key []string) string {
	var b []byte
	for i, k := range key {
		if i > 0 {
			b = append(b, '.')
		}
		b = append(b, k...)
	}
	return string(b)
}

// Check reports every value that no driver could work with.
func (p Printer) Check() error {
	return errors.Join(
		filled("model", p.Model),
		oneOf("class", p.Class, []string{"printer"}, nil),
		within("width_dots", p.WidthDots, widthDotsMin, widthDotsMax),
		wholeBytes(p.WidthDots),
		within("dpi", p.DPI, dpiMin, dpiMax),
		oneOf("image.command", p.Image.Command, []string{ImageGSv0}, []string{"gs-(-L", "esc-*"}),
		within("image.rows_per_block", p.Image.RowsPerBlock, 1, rowsMax),
		oneOf("cutter", p.Cutter, []string{CutNone, CutPartial, CutFull}, nil),
		within("feed_before_cut", p.FeedBeforeCut, 0, feedDotsMax),
		oneOf("status", p.Status, []string{StatusDLEEOT, StatusASB}, []string{"none"}),
		oneOf("clear", p.Clear, []string{ClearDLEENQ, ClearDLEDC4}, nil),
		within("line.baud", p.Line.Baud, baudMin, 4_000_000),
		oneOf("line.flow", p.Line.Flow, []string{"", "rts-cts", "xon-xoff"}, nil),
	)
}

func filled(key, s string) error {
	if s == "" {
		return fmt.Errorf("%s is missing", key)
	}
	return nil
}

func within(key string, n, low, high int) error {
	if n < low || n > high {
		return fmt.Errorf("%s = %d is outside %d to %d", key, n, low, high)
	}
	return nil
}

func wholeBytes(dots int) error {
	if dots%8 != 0 {
		return fmt.Errorf("width_dots = %d is no multiple of 8", dots)
	}
	return nil
}

func oneOf(key, word string, spoken, known []string) error {
	switch {
	case slices.Contains(spoken, word):
		return nil
	case slices.Contains(known, word):
		return fmt.Errorf("%s = %q is known, but no driver here speaks it; use one of %q or another model", key, word, spoken)
	}
	return fmt.Errorf("%s = %q is none of %q", key, word, spoken)
}
