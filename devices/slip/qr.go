package slip

import (
	"fmt"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

func (q QR) lay(s *setter, width int) (strip, error) {
	code, err := q.encode()
	if err != nil {
		return strip{}, err
	}
	modules := code.Bounds().Dx() + 2*quietModules
	module, err := q.module(modules, width)
	if err != nil {
		return strip{}, err
	}
	side, frame := modules*module, quietModules*module
	ink := scale(code, module)
	if q.Beside.Text != "" {
		return q.layBeside(s, ink, frame, width)
	}
	return strip{side, func(paper *Bitmap, top int) { paper.stamp(ink, (width-side)/2+frame, top+frame) }}, nil
}

// layBeside puts code and text side by side, each centred on the other's height.
func (q QR) layBeside(s *setter, ink *Bitmap, frame, width int) (strip, error) {
	side := ink.Width + 2*frame
	if room := width - side; room < besideLetters*q.Beside.size() {
		return strip{}, fmt.Errorf("QR leaves %d dots for the text beside it: shorten its data or lower Module", room)
	}
	text, err := q.Beside.lay(s, width-side)
	if err != nil {
		return strip{}, err
	}
	height := max(side, text.height)
	return strip{height, func(paper *Bitmap, top int) {
		beside := NewBitmap(width-side, text.height)
		text.draw(beside, 0)
		paper.stamp(beside, side, top+(height-text.height)/2)
		paper.stamp(ink, frame, top+(height-side)/2+frame)
	}}, nil
}

func (q QR) encode() (barcode.Barcode, error) {
	if q.Data == "" || len(q.Data) > qrBytesMax {
		return nil, fmt.Errorf("QR data of %d bytes is outside 1 to %d", len(q.Data), qrBytesMax)
	}
	level, err := q.Level.correction()
	if err != nil {
		return nil, err
	}
	code, err := qr.Encode(q.Data, level, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("encode QR of %d bytes: %w", len(q.Data), err)
	}
	return code, nil
}

func (l Level) correction() (qr.ErrorCorrectionLevel, error) {
	switch l {
	case Low:
		return qr.L, nil
	case Medium:
		return qr.M, nil
	case Quarter:
		return qr.Q, nil
	case High:
		return qr.H, nil
	}
	return 0, fmt.Errorf("QR level %d is unknown", l)
}

// module is the width of one module in dots, for a code and frame of so many modules.
func (q QR) module(modules, width int) (int, error) {
	dots := q.Module
	if dots == 0 {
		dots = min(max(width/2/modules, moduleDotsMin), moduleDotsMax)
	}
	if dots < 0 || dots > moduleDotsMax {
		return 0, fmt.Errorf("QR module of %d dots is outside 0 to %d", dots, moduleDotsMax)
	}
	if modules*dots > width {
		return 0, fmt.Errorf("QR of %d modules of %d dots is wider than the paper's %d: shorten its data", modules, dots, width)
	}
	return dots, nil
}

// scale draws the code without its frame.
func scale(code barcode.Barcode, module int) *Bitmap {
	n := code.Bounds().Dx()
	ink := NewBitmap(n*module, n*module)
	for y := range n {
		for x := range n {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				ink.fill(x*module, y*module, module)
			}
		}
	}
	return ink
}

func (b *Bitmap) fill(x, y, side int) {
	for row := range side {
		for col := range side {
			b.Set(x+col, y+row)
		}
	}
}
