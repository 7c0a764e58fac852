package bundle

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"markaz.example/edge/durable"
	"markaz.example/edge/mask"
)

// Part is one file of a bundle. Read gives its text; what cannot be read is told in its place.
type Part struct {
	Name string // "log.txt"
	What string // for whoever opens it
	Read func() (io.Reader, error)
}

// Text is a part that is known.
func Text(name, what, text string) Part {
	return Part{name, what, func() (io.Reader, error) { return bytes.NewReader([]byte(text)), nil }}
}

// Save writes a bundle to a file, whole or not at all, for its owner alone.
func Save(path string, made time.Time, parts []Part) error {
	var b bytes.Buffer
	if err := Write(&b, made, parts); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return durable.WriteFile(path, b.Bytes())
}

// Write writes a bundle. A part that fails or is too long says so at its end.
func Write(w io.Writer, made time.Time, parts []Part) error {
	return write(w, made, parts, partBytesMax)
}

func write(w io.Writer, made time.Time, parts []Part, limit int64) error {
	z := zip.NewWriter(w)
	left := int64(bytesMax)
	for _, p := range append([]Part{Text("README.txt", "this list", contents(made, parts))}, parts...) {
		n, err := add(z, p, made, min(left, limit))
		if err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		left -= n
	}
	return z.Close()
}

// contents say what is in a bundle.
func contents(made time.Time, parts []Part) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "A support bundle of markaz, made %s.\nEverything in it is masked: numbers of people, keys, PINs, tokens, full addresses.\n\n", made.UTC().Format(time.RFC3339))
	for _, p := range parts {
		fmt.Fprintf(&b, "%-16s %s\n", p.Name, p.What)
	}
	return b.String()
}

// add writes a part, masked, and gives how many bytes of it were read.
func add(z *zip.Writer, p Part, made time.Time, limit int64) (n int64, err error) {
	head := &zip.FileHeader{Name: p.Name, Method: zip.Deflate, Modified: made}
	head.SetMode(0o600)
	f, err := z.CreateHeader(head)
	if err != nil {
		return 0, err
	}
	masked := &mask.Writer{To: f}
	from, err := p.Read()
	if err == nil {
		n, err = io.Copy(masked, io.LimitReader(from, limit))
	}
	if err != nil {
		_, err = fmt.Fprintf(masked, "\n(%v)\n", err)
	} else if n == limit {
		_, err = io.WriteString(masked, "\n(the rest is left out)\n")
	}
	return n, errors.Join(err, masked.Close())
}
