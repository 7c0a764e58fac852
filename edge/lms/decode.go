package lms

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// ErrFigures is reported for a file of figures that cannot be used. Its text says what is wrong with it.
var ErrFigures = errors.New("these are no figures that can be used; fetch the file again, or make it anew with edge/lms/remake")

//go:embed who2006.lms
var who2006 []byte

// BuiltIn is WHO's figures as they came with the program. It fails only if the program was built with a broken file.
func BuiltIn() (*Figures, error) { return Decode(who2006) }

// Open reads figures from a file, or gives the built-in ones for an empty path. It reports ErrFigures.
func Open(path string) (*Figures, error) {
	if path == "" {
		return BuiltIn()
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open figures: %w", err)
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, fileBytesMax+1))
	if err != nil {
		return nil, fmt.Errorf("read figures %s: %w", path, err)
	}
	f, err := Decode(b)
	if err != nil {
		return nil, fmt.Errorf("figures %s: %w", path, err)
	}
	return f, nil
}

// Decode reads a file as FORMAT.md has it, and looks at every figure: none may lead to a score that is no number.
// It reports ErrFigures.
func Decode(b []byte) (*Figures, error) {
	if len(b) > fileBytesMax {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrFigures, fileBytesMax)
	}
	head, packed, err := readHead(b)
	if err != nil {
		return nil, err
	}
	body, err := unpack(packed)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	if hex.EncodeToString(sum[:]) != head["sha256"] {
		return nil, fmt.Errorf("%w: the figures are not those that the head's sha256 is of", ErrFigures)
	}
	f := &Figures{Version: version(head["name"], sum), Source: head["source"], Terms: head["terms"]}
	if err := f.readBody(body); err != nil {
		return nil, err
	}
	return f, nil
}

// version is short enough for every record and long enough that no two files of a name share it by chance.
func version(name string, sum [sha256.Size]byte) string {
	return name + "-" + hex.EncodeToString(sum[:4])
}

// readHead takes the lines that people read off the front.
func readHead(b []byte) (map[string]string, []byte, error) {
	end := bytes.Index(b, []byte("\n\n"))
	if end < 0 || end > headBytesMax {
		return nil, nil, fmt.Errorf("%w: the head has no end in its first %d bytes", ErrFigures, headBytesMax)
	}
	lines := strings.Split(string(b[:end]), "\n")
	if lines[0] != magic || len(lines) > headLinesMax {
		return nil, nil, fmt.Errorf("%w: the first line is not %q", ErrFigures, magic)
	}
	head := map[string]string{}
	for _, line := range lines[1:] {
		key, value, ok := strings.Cut(line, ": ")
		if !ok {
			return nil, nil, fmt.Errorf("%w: line %.40q is not \"key: value\"", ErrFigures, line)
		}
		head[key] = value
	}
	for _, key := range []string{"name", "source", "terms", "sha256"} {
		if head[key] == "" {
			return nil, nil, fmt.Errorf("%w: the head has no %q", ErrFigures, key)
		}
	}
	if !nameShape.MatchString(head["name"]) {
		return nil, nil, fmt.Errorf("%w: name %.40q, want for example \"who2006\"", ErrFigures, head["name"])
	}
	return head, b[end+2:], nil
}

func unpack(packed []byte) ([]byte, error) {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(bodyBytesMax))
	if err != nil {
		return nil, fmt.Errorf("unpack figures: %w", err)
	}
	defer d.Close()
	body, err := d.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFigures, err)
	}
	return body, nil
}

func (f *Figures) readBody(body []byte) error {
	r := reader{rest: body}
	for t := range Table(Tables) {
		for s := range f.curves[t] {
			c, err := r.curve()
			if err == nil {
				err = c.check()
			}
			if err != nil {
				return fmt.Errorf("%w: table %s, sex %d: %w", ErrFigures, t, s+1, err)
			}
			f.curves[t][s] = c
		}
	}
	if len(r.rest) > 0 {
		return fmt.Errorf("%w: %d bytes behind the last table", ErrFigures, len(r.rest))
	}
	return nil
}

var (
	errShort  = errors.New("the file ends early")
	errBounds = errors.New("a number is out of bounds")
)

// reader takes whole numbers off the front of a body.
type reader struct{ rest []byte }

func (r *reader) uint(most uint64) (int, error) {
	n, size := binary.Uvarint(r.rest)
	switch {
	case size <= 0:
		return 0, errShort
	case n > most:
		return 0, errBounds
	}
	r.rest = r.rest[size:]
	return int(n), nil
}

func (r *reader) curve() (Curve, error) {
	first, err := r.uint(keyMax)
	if err != nil {
		return Curve{}, err
	}
	rows, err := r.uint(curveRowsMax)
	if err != nil {
		return Curve{}, err
	}
	c := Curve{First: int32(first), Rows: make([]Row, rows)}
	for _, column := range columns {
		if err := r.column(c.Rows, column); err != nil {
			return Curve{}, err
		}
	}
	return c, nil
}

// columns are the figures of a row, in the order of the file.
var columns = []func(*Row) *int32{
	func(r *Row) *int32 { return &r.L }, func(r *Row) *int32 { return &r.M }, func(r *Row) *int32 { return &r.S },
}

// column sums up twice: what is stored is how much a figure's step differs from the step before.
func (r *reader) column(rows []Row, of func(*Row) *int32) error {
	var value, step int64
	for i := range rows {
		change, size := binary.Varint(r.rest)
		if size <= 0 {
			return errShort
		}
		r.rest = r.rest[size:]
		if change > 2*medianMax || change < -2*medianMax {
			return errBounds
		}
		step += change
		value += step
		if value > medianMax || value < -medianMax {
			return errBounds
		}
		*of(&rows[i]) = int32(value)
	}
	return nil
}
