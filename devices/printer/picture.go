package printer

import (
	"bytes"
	"math/bits"

	"markaz.example/devices/profile"
	"markaz.example/devices/slip"
)

// blockHead is more bytes than stand before the dots in any picture command: GS ( L has 15.
const blockHead = 15

// stripsBySpacing makes a line feed as high as a strip of ESC *, so that strips meet. Printers that count the spacing
// in smaller units than dots feed at least by the height of what they printed.
// Source: Epson ESC/POS Command Reference, ESC 3, notes.
var stripsBySpacing = []byte{esc, '3', profile.StripRows}

// block is some rows of a slip, from top to before bottom, as whole commands of the kind that the model speaks. Dots
// that read as DLE DC4 are taken out; those that read as DLE EOT are only answered, which questions counts.
func block(command string, b *slip.Bitmap, top, bottom int) []byte {
	out := drawn(command, b, top, bottom)
	defuse(out)
	return out
}

// defuse takes up to three dots out of what a printer would obey in the middle of a picture: DLE DC4 with a function
// opens the drawer, switches the printer off or throws the picture away. No command that we draw with holds these bytes.
// Source: Epson ESC/POS Command Reference, DLE DC4, notes: real-time commands are executed wherever they stand.
func defuse(drawn []byte) {
	for rest := drawn; ; {
		at := bytes.Index(rest, actAtOnce)
		if at < 0 || at+len(actAtOnce) == len(rest) {
			return
		}
		rest = rest[at+len(actAtOnce):]
		if function := &rest[0]; *function <= actMax {
			*function = 0
		}
	}
}

var actAtOnce = []byte{dle, dc4}

// actMax is the highest function of DLE DC4. There is no function 0.
const actMax = 8

func drawn(command string, b *slip.Bitmap, top, bottom int) []byte {
	switch command {
	case profile.ImageGSParenL:
		return stored(b, top, bottom)
	case profile.ImageESCStar:
		return strips(b, top, bottom)
	}
	return raster(b, top, bottom)
}

// raster is GS v 0, mode 0: width in bytes and height in rows, low byte first, then the rows.
func raster(b *slip.Bitmap, top, bottom int) []byte {
	rows := bottom - top
	out := make([]byte, 0, blockHead+rows*b.Stride)
	out = append(out, gs, 'v', '0', 0, byte(b.Stride), byte(b.Stride>>8), byte(rows), byte(rows>>8))
	return append(out, b.Bits[top*b.Stride:bottom*b.Stride]...)
}

// stored is GS ( L, function 112, which stores a picture of one colour in its own size, and function 50, which prints
// it. A block of 128 rows and 1,024 dots is 16 kB, well within the 64 kB that the two bytes of the count can say.
func stored(b *slip.Bitmap, top, bottom int) []byte {
	rows := bottom - top
	dots := b.Bits[top*b.Stride : bottom*b.Stride]
	count := storedHead + len(dots)
	out := make([]byte, 0, blockHead+len(dots)+len(printStored))
	out = append(out, gs, '(', 'L', byte(count), byte(count>>8), '0', 112, '0', 1, 1, '1',
		byte(b.Width), byte(b.Width>>8), byte(rows), byte(rows>>8))
	return append(append(out, dots...), printStored...)
}

// storedHead is the bytes that GS ( L counts before the dots.
const storedHead = 10

var printStored = []byte{gs, '(', 'L', 2, 0, '0', 50}

// strips is ESC *, mode 33: 24 rows at a time, in columns of three bytes from left to right, the top dot in bit 7. The
// last strip of a slip is filled up with white.
func strips(b *slip.Bitmap, top, bottom int) []byte {
	size := 3*b.Width + 6
	out := make([]byte, 0, (bottom-top+profile.StripRows-1)/profile.StripRows*size)
	for y := top; y < bottom; y += profile.StripRows {
		out = append(out, esc, '*', 33, byte(b.Width), byte(b.Width>>8))
		at := len(out)
		out = append(out[:at+3*b.Width], '\n')
		columns(out[at:], b, y, min(y+profile.StripRows, bottom))
	}
	return out
}

// columns turns rows into columns; out is white.
func columns(out []byte, b *slip.Bitmap, top, bottom int) {
	for y := top; y < bottom; y++ {
		for i, eight := range b.Bits[y*b.Stride : (y+1)*b.Stride] {
			for ; eight != 0; eight &= eight - 1 {
				x := i*8 + 7 - bits.TrailingZeros8(eight)
				out[x*3+(y-top)/8] |= 0x80 >> ((y - top) % 8)
			}
		}
	}
}
