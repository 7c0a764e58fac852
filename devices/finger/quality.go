package finger

import "math"

// Quality says how well a picture shows a finger, 0 to 100. It is our own stand-in and must never be called NFIQ, of
// which it knows nothing: it cannot count minutiae, and a clear picture of stripes would please it.
//
// It is the product of three shares: how much of the glass shows ridges, of what a plain impression shows (squares of
// 1/32 inch with contrast, crossed by more than one line); how strong their contrast is; and how little of them is lost
// in black or white. Synthetic fingers have 97 pressed well, below 10 wet, 23 when only the tip touches a large sensor and
// 46 on a small one; an empty glass has 0.
func Quality(p Picture) int {
	size := p.DPI / blocksPerInch
	if size < 2 || p.Width < size || p.Height < size || len(p.Pix) != p.Width*p.Height {
		return 0
	}
	var ridged, deviation, clipped float64
	for y := 0; y+size <= p.Height; y += size {
		for x := 0; x+size <= p.Width; x += size {
			b := block{p: p, x: x, y: y, size: size}
			if d, is := b.ridged(); is {
				ridged++
				deviation += d
				clipped += b.clipped()
			}
		}
	}
	if ridged == 0 {
		return 0
	}
	cover := ridged * float64(size*size) / enough(p)
	contrast := deviation / ridged / fullContrast
	lost := max(0, clipped/ridged-clipFree/100.0)
	return int(math.Round(100 * min(cover, 1) * min(contrast, 1) * (1 - lost)))
}

// enough is the ridged area that a good press has on this sensor, in pixels.
func enough(p Picture) float64 {
	pixelsPerMM := float64(p.DPI) / inch
	return min(enoughArea*pixelsPerMM*pixelsPerMM, float64(p.Width*p.Height)*enoughPart/100)
}

// block is one square of a picture.
type block struct {
	p    Picture
	x, y int
	size int
}

func (b block) at(x, y int) float64 { return float64(b.p.Pix[(b.y+y)*b.p.Width+b.x+x]) }

// ridged tells the standard deviation, and whether this looks like ridges.
func (b block) ridged() (deviation float64, is bool) {
	var sum, squares float64
	for i := range b.size * b.size {
		v := b.at(i%b.size, i/b.size)
		sum += v
		squares += v * v
	}
	n := float64(b.size * b.size)
	mean := sum / n
	deviation = math.Sqrt(max(0, squares/n-mean*mean))
	if deviation < ridgeContrast {
		return deviation, false
	}
	rows := b.crossings(mean, func(line, i int) float64 { return b.at(i, line) })
	columns := b.crossings(mean, func(line, i int) float64 { return b.at(line, i) })
	return deviation, 10*max(rows, columns) >= ridgeCrossings*b.size
}

// crossings counts, over all lines, how often a line passes the mean by more than noise does.
func (b block) crossings(mean float64, at func(line, i int) float64) (n int) {
	const sure = ridgeContrast / 2
	for line := range b.size {
		side := 0
		for i := range b.size {
			v := at(line, i) - mean
			switch {
			case v > sure && side < 0, v < -sure && side > 0:
				n, side = n+1, -side
			case side == 0 && math.Abs(v) > sure:
				side = int(math.Copysign(1, v))
			}
		}
	}
	return n
}

// clipped is the share of greys that are lost in black or white.
func (b block) clipped() float64 {
	n := 0
	for i := range b.size * b.size {
		if v := b.at(i%b.size, i/b.size); v <= clipBorder || v >= 255-clipBorder {
			n++
		}
	}
	return float64(n) / float64(b.size*b.size)
}
