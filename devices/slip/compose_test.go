package slip_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"markaz.example/devices/slip"
)

func TestSlipQRDecodes(t *testing.T) {
	composer := newComposer(t)
	for _, width := range []int{384, 512, 576} {
		paper, err := composer.Compose(tokenSlip(sampleTicket(), width), width)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := readQR(t, paper), sampleTicket().Link; got != want {
			t.Errorf("width %d: QR reads %q, want %q", width, got, want)
		}
	}
}

func TestQRLevelsDecode(t *testing.T) {
	composer := newComposer(t)
	for _, level := range []slip.Level{slip.Low, slip.Medium, slip.Quarter, slip.High} {
		for _, data := range []string{"0300", "B042", "https://markaz.example/t/b042?x=1", "نمبر B042"} {
			paper, err := composer.Compose(slip.Doc{Blocks: []slip.Block{slip.QR{Data: data, Level: level}}}, 384)
			if err != nil {
				t.Fatal(err)
			}
			if got := readQR(t, paper); got != data {
				t.Errorf("level %d: QR reads %q, want %q", level, got, data)
			}
		}
	}
}

func readQR(t *testing.T, paper *slip.Bitmap) string {
	t.Helper()
	dots, err := gozxing.NewBinaryBitmapFromImage(paper)
	if err != nil {
		t.Fatal(err)
	}
	found, err := qrcode.NewQRCodeReader().Decode(dots, nil)
	if err != nil {
		t.Fatal(err)
	}
	return found.GetText()
}

// TestQRQuietZone holds the frame of four white modules, ISO/IEC 18004 section 6.3.8.
func TestQRQuietZone(t *testing.T) {
	const module = 5
	doc := slip.Doc{Blocks: []slip.Block{slip.Rule{}, slip.QR{Data: "B042", Module: module}, slip.Rule{}}}
	paper, err := newComposer(t).Compose(doc, 384)
	if err != nil {
		t.Fatal(err)
	}
	for y := 2; y < 2+4*module; y++ {
		for x := range paper.Width {
			if paper.Black(x, y) || paper.Black(x, paper.Height-1-y) {
				t.Fatalf("dot %d,%d above or below the code is black", x, y)
			}
		}
	}
}

func TestComposeRefuses(t *testing.T) {
	composer := newComposer(t)
	one := func(b slip.Block) slip.Doc { return slip.Doc{Blocks: []slip.Block{slip.Gap(1), b}} }
	tests := []struct {
		name  string
		doc   slip.Doc
		width int
		want  string
	}{
		{"no blocks", slip.Doc{}, 384, "0 blocks"},
		{"too many blocks", slip.Doc{Blocks: make([]slip.Block, 401)}, 384, "401 blocks"},
		{"nil block", one(nil), 384, "block 1 is nil"},
		{"narrow paper", one(slip.Gap(1)), 100, "width 100"},
		{"wide paper", one(slip.Gap(1)), 2000, "width 2000"},
		{"small letters", one(slip.Text{Text: "a", Size: 3}), 384, `block 1: text "a": size 3`},
		{"large letters", one(slip.Row{Right: slip.Text{Text: "a", Size: 401}}), 384, "size 401"},
		{"long text", one(slip.Text{Text: strings.Repeat("a", 4001)}), 384, "4001 letters"},
		{"two lines to fit one", one(slip.Text{Text: "a\nb", Fit: true}), 384, "one line"},
		{"thick rule", one(slip.Rule{Thick: 33}), 384, "rule of 33"},
		{"negative gap", one(slip.Gap(-1)), 384, "gap of -1"},
		{"no picture", one(slip.Picture{}), 384, "without a bitmap"},
		{"wide picture", one(slip.Picture{Bitmap: slip.NewBitmap(400, 1)}), 384, "wider than the paper's 384"},
		{"empty QR", one(slip.QR{}), 384, "QR data of 0 bytes"},
		{"long QR", one(slip.QR{Data: strings.Repeat("a", 700)}), 384, "QR data of 700 bytes"},
		{"wide QR", one(slip.QR{Data: strings.Repeat("a", 200), Module: 12}), 384, "shorten its data"},
		{"no room beside QR", one(slip.QR{Data: "a", Module: 12, Beside: slip.Text{Text: "b", Size: 60}}), 384, "leaves 36 dots"},
		{"unknown level", one(slip.QR{Data: "a", Level: 9}), 384, "level 9"},
		{"tall", one(slip.Gap(4000)), 384, "block 1 ends at 4001 of 4000 dots"},
	}
	for _, tt := range tests {
		_, err := composer.Compose(tt.doc, tt.width)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got error %v, want one with %q", tt.name, err, tt.want)
		}
	}
	if _, err := composer.Compose(one(slip.Gap(4000)), 384); !errors.Is(err, slip.ErrTooTall) {
		t.Errorf("got error %v, want ErrTooTall", err)
	}
}

// TestComposeTogether draws from many goroutines: every slip must equal the one drawn alone.
func TestComposeTogether(t *testing.T) {
	composer := newComposer(t)
	want, err := composer.Compose(tokenSlip(sampleTicket(), 384), 384)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			got, err := composer.Compose(tokenSlip(sampleTicket(), 384), 384)
			if err != nil || !bytes.Equal(got.Bits, want.Bits) {
				t.Errorf("slip drawn beside others differs, error %v", err)
			}
		})
	}
	wg.Wait()
}

// TestTextKeepsOffTheEdges: paper wanders, so no letter may lie in the outermost millimetre, however narrow the room.
func TestTextKeepsOffTheEdges(t *testing.T) {
	composer := newComposer(t)
	const s = "آپ کا نمبر پکارا جائے گا اور سکرین پر بھی دکھایا جائے گا۔ Please wait for B042"
	for _, size := range []int{16, 30, 47, 64, 90} {
		for _, align := range []slip.Align{slip.Start, slip.Centre, slip.End} {
			text := slip.Text{Text: s, Size: size, Align: align}
			row := slip.Row{Left: slip.Text{Text: "کمرہ A"}, Right: text}
			paper, err := composer.Compose(slip.Doc{Blocks: []slip.Block{text, row}}, 384)
			if err != nil {
				t.Fatal(err)
			}
			if x, ok := inkNearEdge(paper, 8); ok {
				t.Errorf("size %d, align %d: ink in column %d", size, align, x)
			}
		}
	}
}

func inkNearEdge(paper *slip.Bitmap, edge int) (x int, ok bool) {
	for y := range paper.Height {
		for i := range edge {
			if paper.Black(i, y) {
				return i, true
			}
			if paper.Black(paper.Width-1-i, y) {
				return paper.Width - 1 - i, true
			}
		}
	}
	return 0, false
}

// TestFitFillsTheWidth: a token number is as large as the paper allows and stays on one line.
func TestFitFillsTheWidth(t *testing.T) {
	composer := newComposer(t)
	for _, width := range []int{384, 512, 576} {
		text := slip.Text{Text: "B042", Size: slip.SizeMax, Bold: true, Fit: true}
		paper, err := composer.Compose(slip.Doc{Blocks: []slip.Block{text}}, width)
		if err != nil {
			t.Fatal(err)
		}
		ink := trim(paper)
		if room := width - 16; ink.Width > room || ink.Width < room*95/100 || ink.Height > ink.Width/2 {
			t.Errorf("width %d: ink of %d x %d dots", width, ink.Width, ink.Height)
		}
	}
}

// TestFitNeverLosesText: what is too long for one line even at the least size wraps.
func TestFitNeverLosesText(t *testing.T) {
	composer := newComposer(t)
	for _, words := range []int{20, 100} {
		text := slip.Text{Text: strings.Repeat("token ", words), Size: 40, Fit: true}
		paper, err := composer.Compose(slip.Doc{Blocks: []slip.Block{text}}, 384)
		if err != nil {
			t.Fatal(err)
		}
		if ink := trim(paper); ink.Width > 384-16 || ink.Height < slip.SizeMin*3/2 {
			t.Errorf("%d words: ink of %d x %d dots, want some lines", words, ink.Width, ink.Height)
		}
	}
}

func TestUrduIsNeverTooSmall(t *testing.T) {
	composer := newComposer(t)
	small := trim(compose(t, composer, slip.Text{Text: "نمبر", Size: slip.SizeMin}))
	least := trim(compose(t, composer, slip.Text{Text: "نمبر", Size: 28}))
	if !bytes.Equal(small.Bits, least.Bits) {
		t.Error("Urdu of 16 dots per em is not drawn at 28")
	}
}

func FuzzCompose(f *testing.F) {
	f.Add("آپ کا نمبر B042 تاریخ 2026-11-21", 40, uint8(0), uint8(0))
	f.Add("\u2067\u202eabc\u2066\x00\xff\nنمبر", 400, uint8(0x55), uint8(1))
	f.Add(strings.Repeat("ﷺ", 40), 16, uint8(0xff), uint8(2))
	composer := newComposer(f)
	f.Fuzz(func(t *testing.T, s string, size int, flags, kind uint8) {
		const width = 381 // 3 bits of each row's last byte lie beyond the paper
		text := slip.Text{
			Text: s, Size: size, Bold: flags&1 != 0, Align: slip.Align(flags >> 1 & 3), Base: slip.Base(flags >> 3 & 3),
			Reverse: flags&32 != 0, Fit: flags&64 != 0,
		}
		blocks := []slip.Block{
			text,
			slip.Row{Left: text, Middle: slip.Text{Text: "7"}, Right: text},
			slip.Row{Left: text, Right: text},
			slip.QR{Data: s, Beside: text},
		}
		paper, err := composer.Compose(slip.Doc{Blocks: []slip.Block{blocks[kind%4]}}, width)
		if err != nil {
			return
		}
		if paper.Width != width || paper.Height < 1 || paper.Height > slip.HeightMax {
			t.Fatalf("paper of %d x %d dots", paper.Width, paper.Height)
		}
		for y := range paper.Height {
			if beyond := paper.Bits[(y+1)*paper.Stride-1] & 0x07; beyond != 0 {
				t.Fatalf("row %d has ink beyond the paper: %03b", y, beyond)
			}
		}
	})
}

func BenchmarkCompose(b *testing.B) {
	b.Run("warm", func(b *testing.B) {
		composer, n := newComposer(b), 0
		for b.Loop() {
			n++
			composeNumber(b, composer, n)
		}
	})
	b.Run("cold", func(b *testing.B) {
		for b.Loop() {
			composeNumber(b, newComposer(b), 42)
		}
	})
}

// composeNumber draws the bilingual token slip of a new number, as a kiosk does all day.
func composeNumber(b *testing.B, composer *slip.Composer, n int) {
	slipOf := sampleTicket()
	digits := []byte{byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)}
	slipOf.Token, slipOf.Ahead = "B"+string(digits), n%40
	slipOf.Link = "HTTPS://MARKAZ.EXAMPLE/T/7F3K9Q2" + string(digits)
	if _, err := composer.Compose(tokenSlip(slipOf, 576), 576); err != nil {
		b.Fatal(err)
	}
}
