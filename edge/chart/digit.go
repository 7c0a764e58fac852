package chart

import "strings"

// glyphs are the digits and signs as strokes on a grid of 4 by 6, from the upper left corner. Open shapes with straight
// strokes stay apart on thermal paper where a font's would run together.
var glyphs = map[rune][][]Point{
	'0': {{{0, 1}, {1, 0}, {3, 0}, {4, 1}, {4, 5}, {3, 6}, {1, 6}, {0, 5}, {0, 1}}},
	'1': {{{0.8, 1.4}, {2.2, 0}, {2.2, 6}}},
	'2': {{{0, 1}, {1, 0}, {3, 0}, {4, 1}, {4, 2}, {0, 6}, {4, 6}}},
	'3': {{{0, 0}, {4, 0}, {2, 2.4}, {3.2, 2.6}, {4, 3.6}, {4, 5}, {3, 6}, {1, 6}, {0, 5}}},
	'4': {{{3, 6}, {3, 0}, {0, 4.2}, {4.2, 4.2}}},
	'5': {{{4, 0}, {0.4, 0}, {0.2, 2.6}, {2.8, 2.4}, {4, 3.4}, {4, 5}, {3, 6}, {1, 6}, {0, 5.2}}},
	'6': {{{3.6, 0.2}, {2.2, 0}, {0.6, 1.6}, {0, 3.6}, {0, 5}, {1, 6}, {3, 6}, {4, 5}, {4, 3.8}, {3, 2.8}, {1, 2.8}, {0, 3.8}}},
	'7': {{{0, 0}, {4, 0}, {1.4, 6}}},
	'8': {{{1, 2.8}, {0.2, 2}, {0.2, 0.8}, {1, 0}, {3, 0}, {3.8, 0.8}, {3.8, 2}, {3, 2.8}, {1, 2.8}, {0, 3.8}, {0, 5}, {1, 6}, {3, 6}, {4, 5}, {4, 3.8}, {3, 2.8}}},
	'9': {{{0.4, 5.8}, {1.8, 6}, {3.4, 4.4}, {4, 2.4}, {4, 1}, {3, 0}, {1, 0}, {0, 1}, {0, 2.2}, {1, 3.2}, {3, 3.2}, {4, 2.2}}},
	'-': {{{0.4, 3}, {3.6, 3}}},
	'+': {{{0.4, 3}, {3.6, 3}}, {{2, 1.4}, {2, 4.6}}},
	'.': {{{0.6, 5.7}, {1.4, 5.7}}},
}

// A glyph is 4 wide and has 1.7 to the next; the point takes half.
const (
	rows    = 6
	columns = 4
	apart   = 1.7
)

func advance(g rune) float64 {
	if g == '.' {
		return columns/2 + apart
	}
	return columns + apart
}

// label draws the digits and signs of a text and passes over all else.
func (r raster) label(l Label) {
	unit := l.Size / rows
	text := strings.Map(drawable, l.Text)
	width := -apart * unit
	for _, g := range text {
		width += advance(g) * unit
	}
	x, y := l.At.X, l.At.Y-l.Size/2
	switch l.Anchor {
	case Middle:
		x -= width / 2
	case End:
		x -= width
	}
	for _, g := range text {
		for _, stroke := range glyphs[g] {
			r.line(Line{Points: moved(stroke, x, y, unit), Weight: max(2, l.Size/7)})
		}
		x += advance(g) * unit
	}
}

func drawable(g rune) rune {
	if _, ok := glyphs[g]; !ok {
		return -1
	}
	return g
}

func moved(stroke []Point, x, y, unit float64) []Point {
	out := make([]Point, len(stroke))
	for i, p := range stroke {
		out[i] = Point{x + p.X*unit, y + p.Y*unit}
	}
	return out
}
