package slip

import (
	"image"
	"image/color"
)

// Bitmap is a slip as the print head sees it.
// Shape: rows from the top, Stride bytes each, most significant bit leftmost, 1 is black; bits past Width are 0.
// Unit: dots.
type Bitmap struct {
	Width, Height int
	Stride        int // bytes a row, (Width+7)/8
	Bits          []byte
}

// NewBitmap returns white paper of the given size.
func NewBitmap(width, height int) *Bitmap {
	stride := (width + 7) / 8
	return &Bitmap{Width: width, Height: height, Stride: stride, Bits: make([]byte, stride*height)}
}

// Set blackens one dot; outside the paper it does nothing.
func (b *Bitmap) Set(x, y int) {
	if x < 0 || y < 0 || x >= b.Width || y >= b.Height {
		return
	}
	b.Bits[y*b.Stride+x/8] |= 0x80 >> (x % 8)
}

// Black reports whether the dot is printed.
func (b *Bitmap) Black(x, y int) bool {
	if x < 0 || y < 0 || x >= b.Width || y >= b.Height {
		return false
	}
	return b.Bits[y*b.Stride+x/8]&(0x80>>(x%8)) != 0
}

// ColorModel, Bounds and At make a Bitmap an image.Image, so that it can be encoded as PNG.
func (b *Bitmap) ColorModel() color.Model { return color.GrayModel }

// Bounds begins at 0, 0.
func (b *Bitmap) Bounds() image.Rectangle { return image.Rect(0, 0, b.Width, b.Height) }

// At is black or white.
func (b *Bitmap) At(x, y int) color.Color {
	if b.Black(x, y) {
		return color.Gray{}
	}
	return color.Gray{Y: 0xff}
}
