package papers

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"markaz.example/devices/printer"
	"markaz.example/devices/slip"
)

// The golden tickets of the box: only those that are reprints are marked, and every code is read.
func TestMarkedAndRead(t *testing.T) {
	files, err := filepath.Glob("../../../edge/box/testdata/ticket/*.png")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d tickets, %v", len(files), err)
	}
	for _, file := range files {
		b := load(t, file)
		if got, want := Marked(b), strings.Contains(file, "reprint"); got != want {
			t.Errorf("%s: marked %v, want %v", file, got, want)
		}
	}
	codes, torn := ReadAll([]printer.Page{{Bitmap: slip.NewBitmap(576, 200)}})
	if len(codes) != 0 || torn != 1 {
		t.Errorf("a white strip: codes %v, %d torn", codes, torn)
	}
}

func load(t *testing.T, file string) *slip.Bitmap {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	b := slip.NewBitmap(img.Bounds().Dx(), img.Bounds().Dy())
	for y := range b.Height {
		for x := range b.Width {
			if r, _, _, _ := img.At(x, y).RGBA(); r == 0 {
				b.Set(x, y)
			}
		}
	}
	return b
}
