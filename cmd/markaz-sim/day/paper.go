package day

import (
	"fmt"
	"path"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"markaz.example/devices/printer"
	"markaz.example/edge/id"
)

// readPapers finds the code on every paper, in order. A paper that cannot be read counts as torn: an interrupted slip
// that the printer let go of.
func readPapers(pages []printer.Page) (codes []id.Code, torn int) {
	for _, p := range pages {
		code, err := readPaper(p)
		if err != nil {
			torn++
			continue
		}
		codes = append(codes, code)
	}
	return codes, torn
}

func readPaper(p printer.Page) (id.Code, error) {
	bmp, err := gozxing.NewBinaryBitmapFromImage(p.Bitmap)
	if err != nil {
		return "", err
	}
	r, err := qrcode.NewQRCodeReader().Decode(bmp, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return "", fmt.Errorf("paper %d: %w", p.Number, err)
	}
	code := id.Code(path.Base(r.GetText()))
	return code, code.Check()
}
