package paperline

import (
	"bytes"
	"errors"
	"testing"

	"markaz.example/devices/slip"
)

func TestThereAndBack(t *testing.T) {
	b := slip.NewBitmap(576, 30)
	for i := range b.Bits {
		b.Bits[i] = byte(i * i)
	}
	line := Append(nil, b)
	if bytes.Count(line, []byte("\n")) != 1 || line[len(line)-1] != '\n' {
		t.Fatalf("not one line: %q", line)
	}
	got, err := Parse(string(line))
	if err != nil || got.Width != b.Width || got.Height != b.Height || !bytes.Equal(got.Bits, b.Bits) {
		t.Fatalf("another paper, %v", err)
	}
	for cut := range len(line) - 2 { // before its last word there is no paper
		if _, err := Parse(string(line[:cut])); !errors.Is(err, ErrLine) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(string(Append(nil, slip.NewBitmap(8, 2))))
	f.Add("PAPER 832 16000 AA== .")
	f.Add("PAPER 1 9999999999 AA== .")
	f.Fuzz(func(t *testing.T, line string) {
		b, err := Parse(line)
		if err == nil && b.Width*b.Height > mostDots {
			t.Errorf("%d by %d dots", b.Width, b.Height)
		}
	})
}
