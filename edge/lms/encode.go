package lms

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// magic is the first line of a file.
const magic = "markaz-lms 1"

// nameShape is what a set of figures may be called.
var nameShape = regexp.MustCompile(`^[a-z][a-z0-9]{1,15}$`)

// Set is figures to be written to a file.
type Set struct {
	Name   string   // of the set: 2 to 16 of a-z and 0-9, a letter first: "who2006"
	Source string   // one line
	Terms  string   // one line
	Notes  []string // further lines of the head, "key: value": what it was made from
	Curves [Tables][2]Curve
}

// Encode makes a file of a set. Decode of it gives the same figures. It reports ErrFigures for a set that Decode would
// refuse.
func Encode(s Set) ([]byte, error) {
	var body []byte
	for t := range s.Curves {
		for _, c := range s.Curves[t] {
			body = appendCurve(body, c)
		}
	}
	sum := sha256.Sum256(body)
	head := []string{magic, "name: " + s.Name, "source: " + s.Source, "terms: " + s.Terms}
	head = append(head, s.Notes...)
	head = append(head, "sha256: "+hex.EncodeToString(sum[:]))
	packer, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("pack figures: %w", err)
	}
	file := packer.EncodeAll(body, []byte(strings.Join(head, "\n")+"\n\n"))
	if _, err := Decode(file); err != nil {
		return nil, err
	}
	return file, packer.Close()
}

func appendCurve(b []byte, c Curve) []byte {
	b = binary.AppendUvarint(b, uint64(c.First))
	b = binary.AppendUvarint(b, uint64(len(c.Rows)))
	for _, of := range columns {
		var value, step int64
		for i := range c.Rows {
			now := int64(*of(&c.Rows[i]))
			b = binary.AppendVarint(b, now-value-step)
			value, step = now, now-value
		}
	}
	return b
}
