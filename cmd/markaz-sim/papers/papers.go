// Package papers reads what came out of a printer from its dots alone, with a QR reader that nobody here wrote: the
// witness of every day and of every fault that is played.
package papers

import (
	"fmt"
	"image"
	"path"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"markaz.example/devices/printer"
	"markaz.example/devices/slip"
	"markaz.example/edge/id"
)

// ReadAll finds the code on every paper, in order. A paper that cannot be read counts as torn: an interrupted slip
// that the printer let go of.
func ReadAll(pages []printer.Page) (codes []id.Code, torn int) {
	for _, p := range pages {
		code, err := Read(p)
		if err != nil {
			torn++
			continue
		}
		codes = append(codes, code)
	}
	return codes, torn
}

// Read finds the code on a paper. It tries the paper from all four sides: the reader's estimate of where a module lies is now and then off by one
// from one side, and a phone is turned about as well.
func Read(p printer.Page) (id.Code, error) {
	var err error
	for turns := range 4 {
		var text string
		if text, err = readCode(turned(p.Bitmap, turns)); err == nil {
			code := id.Code(path.Base(text))
			return code, code.Check()
		}
	}
	return "", fmt.Errorf("paper %d: %w", p.Number, err)
}

func readCode(img image.Image) (string, error) {
	bmp, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return "", err
	}
	r, err := qrcode.NewQRCodeReader().Decode(bmp, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return "", err
	}
	return r.GetText(), nil
}

// turned is a paper turned by so many quarters.
func turned(b *slip.Bitmap, quarters int) *slip.Bitmap {
	for range quarters {
		t := slip.NewBitmap(b.Height, b.Width)
		for y := range b.Height {
			for x := range b.Width {
				if b.Black(x, y) {
					t.Set(b.Height-1-y, x)
				}
			}
		}
		b = t
	}
	return b
}
