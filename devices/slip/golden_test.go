package slip_test

import (
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"markaz.example/devices/slip"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

func newComposer(tb testing.TB) *slip.Composer {
	tb.Helper()
	composer, err := slip.NewComposer()
	if err != nil {
		tb.Fatal(err)
	}
	return composer
}

func text(s string) slip.Doc {
	return slip.Doc{Blocks: []slip.Block{slip.Text{Text: s, Size: 48}}}
}

// receipt and result use the blocks that a token slip does not.
func receipt() slip.Doc {
	sign := slip.NewBitmap(64, 32)
	for i := range 32 {
		for x := i; x < 64-i; x++ {
			sign.Set(x, i)
		}
	}
	item := func(name, price string) slip.Row {
		return slip.Row{Left: slip.Text{Text: price}, Right: slip.Text{Text: name}}
	}
	return slip.Doc{Blocks: []slip.Block{
		slip.Picture{Bitmap: sign},
		slip.Text{Text: "رسید", Size: 44, Bold: true},
		slip.Text{Text: "آغاز", Align: slip.Start}, slip.Text{Text: "انجام", Align: slip.End},
		slip.Text{Text: "Start", Align: slip.Start}, slip.Text{Text: "End", Align: slip.End},
		item("کفالت وظیفہ، قسط اکتوبر تا دسمبر 2026-12-31 تک، بمع بقایا جات", "13,500"),
		item("Fee", "0"),
		slip.Rule{Thick: 4, Dashed: true},
		slip.QR{Data: "receipt 7f3k", Level: slip.High},
		slip.Gap(24),
	}}
}

func TestGoldenSlips(t *testing.T) {
	tests := []struct {
		name  string
		width int
		doc   slip.Doc
	}{
		{"token576", 576, tokenSlip(sampleTicket(), 576)},
		{"token512", 512, tokenSlip(sampleTicket(), 512)},
		{"token384", 384, tokenSlip(sampleTicket(), 384)},
		{"receipt", 384, receipt()},
		{"number", 384, text("نمبر")},
		{"kafaalat", 384, text("کفالت")},
		{"ehsaas", 384, text("احساس")},
		{"token", 384, text("ٹوکن B042 نمبر")},
		{"date", 576, text("تاریخ 2026-11-21 وقت 10:30")},
		{"unknown", 384, text("box 𓀀 here")},
	}
	composer := newComposer(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := composer.Compose(tt.doc, tt.width)
			if err != nil {
				t.Fatal(err)
			}
			checkGolden(t, tt.name, got)
		})
	}
}

func checkGolden(t *testing.T, name string, got *slip.Bitmap) {
	t.Helper()
	path := filepath.Join("testdata", name+".png")
	if *update {
		writePNG(t, path, got)
	}
	want := readPNG(t, path)
	if got.Bounds() != want.Bounds() {
		t.Fatalf("%s: got %v, want %v; see it with go test ./devices/slip -update", path, got.Bounds(), want.Bounds())
	}
	differ := 0
	for y := range got.Height {
		for x := range got.Width {
			if r, _, _, _ := want.At(x, y).RGBA(); (r == 0) != got.Black(x, y) {
				differ++
			}
		}
	}
	if differ > 0 {
		t.Errorf("%s: %d dots differ; see them with go test ./devices/slip -update", path, differ)
	}
}

func writePNG(t *testing.T, path string, paper *slip.Bitmap) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, paper); err != nil {
		t.Fatal(err)
	}
}

func readPNG(t *testing.T, path string) image.Image {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}
