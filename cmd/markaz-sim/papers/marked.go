package papers

import "markaz.example/devices/slip"

// Marked says that a paper says of itself, across its whole width and before its number, that it is a reprint. Tokens
// have another such band, the service's name, far below their number; so what counts is where the first one stands.
func Marked(b *slip.Bitmap) bool {
	for y := range b.Height {
		if y*bandPart > b.Width {
			return false
		}
		if band(b, y) {
			return true
		}
	}
	return false
}

const (
	// bandPart: the head of a paper ends before a third of its width down; the number is there.
	bandPart = 3

	// bandRows is how thick a band is at least: a rule has three rows.
	bandRows = 12
)

// band says that rows are black nearly from edge to edge, more of them than a rule has.
func band(b *slip.Bitmap, from int) bool {
	for y := from; y < from+bandRows; y++ {
		if y >= b.Height || !black(b, y) {
			return false
		}
	}
	return true
}

func black(b *slip.Bitmap, y int) bool {
	n := 0
	for x := range b.Width {
		if b.Black(x, y) {
			n++
		}
	}
	return n*10 >= b.Width*9
}
