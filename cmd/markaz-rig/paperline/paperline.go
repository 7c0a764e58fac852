// Package paperline carries papers out of the rig's machine: a line of text for each, dot by dot, over a serial line whose
// other end is a file outside. What is in that file is in people's hands, whatever becomes of the machine.
package paperline

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"markaz.example/devices/slip"
)

// Head begins a line.
const Head = "PAPER"

// mostDots bounds a paper: 832 dots wide, the widest printer, and 2 m long.
const mostDots = 832 * 16_000

// ErrLine is reported for a line that is no paper: most often one that a power cut ended.
var ErrLine = errors.New("no paper on this line")

// Append adds the line of a paper.
func Append(to []byte, b *slip.Bitmap) []byte {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		panic("BUG: a level of flate's own: " + err.Error())
	}
	w.Write(b.Bits) // a buffer takes everything
	w.Close()
	return fmt.Appendf(to, "%s %d %d %s .\n", Head, b.Width, b.Height, base64.StdEncoding.EncodeToString(packed.Bytes()))
}

// Parse reads a line back.
func Parse(line string) (*slip.Bitmap, error) {
	var width, height int
	var text, begin, end string
	if _, err := fmt.Sscanf(line, "%s %d %d %s %s", &begin, &width, &height, &text, &end); err != nil || begin != Head || end != "." {
		return nil, ErrLine
	}
	if width <= 0 || height <= 0 || width > mostDots || height > mostDots/width {
		return nil, fmt.Errorf("%w: %d by %d dots", ErrLine, width, height)
	}
	b := slip.NewBitmap(width, height)
	packed := base64.NewDecoder(base64.StdEncoding, strings.NewReader(text))
	if _, err := io.ReadFull(flate.NewReader(packed), b.Bits); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLine, err)
	}
	return b, nil
}
