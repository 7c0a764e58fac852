package slip

import "image"

// stamp blackens the dots of ink with its corner at x, y; what falls off the paper is lost.
func (b *Bitmap) stamp(ink *Bitmap, x, y int) {
	if x < 0 || x+ink.Width > b.Width {
		b.stampDots(ink, x, y)
		return
	}
	shift := x % 8
	for row := max(0, -y); row < ink.Height && y+row < b.Height; row++ {
		from := ink.Bits[row*ink.Stride : (row+1)*ink.Stride]
		to := b.Bits[(y+row)*b.Stride+x/8 : (y+row+1)*b.Stride]
		for i, bits := range from {
			to[i] |= bits >> shift
			if spill := bits << (8 - shift); spill != 0 { // a set bit inside the paper, so its byte exists
				to[i+1] |= spill
			}
		}
	}
}

func (b *Bitmap) stampDots(ink *Bitmap, x, y int) {
	for row := range ink.Height {
		for col := range ink.Width {
			if ink.Black(col, row) {
				b.Set(x+col, y+row)
			}
		}
	}
}

// invert turns black to white and white to black in the part of r that lies on the paper.
func (b *Bitmap) invert(r image.Rectangle) {
	r = r.Intersect(b.Bounds())
	if r.Empty() {
		return
	}
	first, last := r.Min.X/8, (r.Max.X-1)/8
	head, tail := byte(0xff>>(r.Min.X%8)), byte(0xff<<(7-(r.Max.X-1)%8))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := b.Bits[y*b.Stride : (y+1)*b.Stride]
		for i := first; i <= last; i++ {
			flip := byte(0xff)
			if i == first {
				flip &= head
			}
			if i == last {
				flip &= tail
			}
			row[i] ^= flip
		}
	}
}
