package guest

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

// codeOn reads the QR code of a paper, as a phone does: from any side.
func codeOn(p printer.Page) (code id.Code, err error) {
	b := p.Bitmap
	for range 4 {
		var text string
		if text, err = readQR(b); err == nil {
			code = id.Code(path.Base(text))
			return code, code.Check()
		}
		b = turned(b)
	}
	return "", fmt.Errorf("paper %d of %d rows: %w", p.Number, p.Bitmap.Height, err)
}

func readQR(img image.Image) (string, error) {
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return "", err
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	r, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
	if err != nil {
		return "", err
	}
	return r.GetText(), nil
}

// turned is a paper turned by a quarter.
func turned(b *slip.Bitmap) *slip.Bitmap {
	t := slip.NewBitmap(b.Height, b.Width)
	for y := range b.Height {
		for x := range b.Width {
			if b.Black(x, y) {
				t.Set(b.Height-1-y, x)
			}
		}
	}
	return t
}

// longer compares a reprint with the paper of another visit to the same service: it has a band more that says so.
func longer(reprint, first printer.Page) error {
	if reprint.Bitmap.Height <= first.Bitmap.Height {
		return fmt.Errorf("%d rows, the first paper has %d: the word for a reprint is missing", reprint.Bitmap.Height, first.Bitmap.Height)
	}
	return nil
}
