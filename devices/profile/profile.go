package profile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Classes of devices. A file says its class, and its name begins with it.
const ClassPrinter = "printer"

// Class reads what kind of device a file is about, and nothing else of it.
func Class(fsys fs.FS, name string) (string, error) {
	b, err := read(fsys, name)
	if err != nil {
		return "", fmt.Errorf("device profile %s: %w", name, err)
	}
	var p struct {
		Class string `toml:"class"`
	}
	if err := toml.Unmarshal(b, &p); err != nil {
		return "", fmt.Errorf("device profile %s: %w", name, explain(err))
	}
	if err := filled("class", p.Class); err != nil {
		return "", fmt.Errorf("device profile %s: %w", name, err)
	}
	return p.Class, nil
}

// Line is how the model's serial line is set when it leaves the factory or after our set-up.
type Line struct {
	Baud  int    `toml:"baud"`  // bits a second
	Flow  string `toml:"flow"`  // "", "rts-cts" or "xon-xoff"; the words of port.Flow
	Frame string `toml:"frame"` // "" or "8n1", "7e1", "8e1"; the words of port.Frame
}

func (l Line) check() error {
	return errors.Join(
		oneOf("line.flow", l.Flow, []string{"", "rts-cts", "xon-xoff"}, nil),
		oneOf("line.frame", l.Frame, []string{"", "8n1", "7e1", "8e1"}, nil),
	)
}

// checker is a profile of any class.
type checker interface{ Check() error }

// load reads a file of one class, strictly. The error names the file and, where there is one, the line.
func load[P checker](fsys fs.FS, name string) (p P, err error) {
	b, err := read(fsys, name)
	if err == nil {
		p, err = parse[P](b)
	}
	if err == nil {
		err = p.Check()
	}
	if err != nil {
		var none P
		return none, fmt.Errorf("device profile %s: %w", name, err)
	}
	return p, nil
}

func read(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, fileBytesMax+1))
	if err == nil && len(b) > fileBytesMax {
		err = fmt.Errorf("larger than %d bytes; this is no profile", fileBytesMax)
	}
	return b, err
}

func parse[P checker](b []byte) (p P, err error) {
	err = toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(&p)
	return p, explain(err)
}

// explain says where in the file the fault is.
func explain(err error) error {
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) {
		var all []error
		for _, e := range unknown.Errors {
			line, _ := e.Position()
			all = append(all, fmt.Errorf("line %d: unknown key %q; firmware-configs/README.md lists the keys", line, dotted(e.Key())))
		}
		return errors.Join(all...)
	}
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		line, column := bad.Position()
		return fmt.Errorf("line %d, column %d: %w", line, column, err)
	}
	return err
}

func dotted(key []string) string { return strings.Join(key, ".") }

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
