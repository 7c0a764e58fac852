package slip

import (
	"image"
	"image/draw"
	"math"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"

	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// inkAlpha is the coverage from which a dot is black, of 255. Slightly under half: a thermal dot is round, so thin strokes
// print thinner than drawn.
const inkAlpha = 110

// phases is how finely a glyph may sit between two dots, in each direction. Joined letters meet on a slope: on whole dots
// their strokes would step at the joint.
const phases = 4

// mask is the ink of one glyph: dots, cropped to the black ones, and where their corner lies from the pen, y down.
type mask struct {
	dots   *Bitmap
	dx, dy int
}

// maskKey names a glyph as it was rasterised.
type maskKey struct {
	face   *font.Face
	glyph  font.GID
	size   fixed.Int26_6
	px, py uint8 // phases to the right and down
}

// masks rasterises glyphs and remembers them in two generations: when the young one is full it becomes the old one and
// what was not asked for since is forgotten. So the memory is bounded and everyday glyphs stay, without a list to keep.
type masks struct {
	young, old map[maskKey]mask
	bytes      int // of young
	limit      int
	raster     vector.Rasterizer
	alpha      image.Alpha
}

func newMasks(limit int) *masks {
	return &masks{young: make(map[maskKey]mask), limit: limit}
}

// at gives the mask of a glyph whose pen is at x, y and the dot to put it on.
func (m *masks) at(face *font.Face, glyph font.GID, size, x, y fixed.Int26_6) (mask, image.Point) {
	const step = 64 / phases
	x, y = x+step/2, y+step/2
	key := maskKey{face, glyph, size, uint8(x & 63 / step), uint8(y & 63 / step)}
	found, ok := m.young[key]
	if !ok {
		found, ok = m.old[key]
		if !ok {
			found = m.rasterise(key)
		}
		m.keep(key, found)
	}
	return found, image.Pt(x.Floor()+found.dx, y.Floor()+found.dy)
}

func (m *masks) keep(key maskKey, ink mask) {
	size := len(ink.dots.Bits) + maskEntryBytes
	if m.bytes+size > m.limit {
		m.old, m.young, m.bytes = m.young, make(map[maskKey]mask), 0
	}
	m.young[key] = ink
	m.bytes += size
}

func (m *masks) rasterise(key maskKey) mask {
	outline, ok := key.face.GlyphData(key.glyph).(font.GlyphOutline)
	if !ok || len(outline.Segments) == 0 {
		return mask{dots: NewBitmap(0, 0)}
	}
	scale := float32(key.size) / 64 / float32(key.face.Upem())
	pen := opentype.SegmentPoint{X: float32(key.px) / phases, Y: float32(key.py) / phases}
	place := func(p opentype.SegmentPoint) (float32, float32) { return pen.X + p.X*scale, pen.Y - p.Y*scale }

	box := outlineBox(outline, place)
	m.fill(outline, box, place)
	return crop(&m.alpha, box.Min)
}

// outlineBox encloses every point of the outline; curves stay inside their control points.
func outlineBox(outline font.GlyphOutline, place func(opentype.SegmentPoint) (float32, float32)) image.Rectangle {
	minX, minY := float32(math.Inf(1)), float32(math.Inf(1))
	maxX, maxY := -minX, -minY
	for i := range outline.Segments {
		for _, p := range outline.Segments[i].ArgsSlice() {
			x, y := place(p)
			minX, maxX = min(minX, x), max(maxX, x)
			minY, maxY = min(minY, y), max(maxY, y)
		}
	}
	floor := func(v float32) int { return int(math.Floor(float64(v))) }
	return image.Rect(floor(minX), floor(minY), floor(maxX)+1, floor(maxY)+1)
}

func (m *masks) fill(outline font.GlyphOutline, box image.Rectangle, place func(opentype.SegmentPoint) (float32, float32)) {
	z := &m.raster
	z.Reset(box.Dx(), box.Dy())
	z.DrawOp = draw.Src
	at := func(p opentype.SegmentPoint) (float32, float32) {
		x, y := place(p)
		return x - float32(box.Min.X), y - float32(box.Min.Y)
	}
	for i := range outline.Segments {
		seg := &outline.Segments[i]
		ax, ay := at(seg.Args[0])
		bx, by := at(seg.Args[1])
		cx, cy := at(seg.Args[2])
		switch seg.Op {
		case opentype.SegmentOpMoveTo:
			z.ClosePath()
			z.MoveTo(ax, ay)
		case opentype.SegmentOpLineTo:
			z.LineTo(ax, ay)
		case opentype.SegmentOpQuadTo:
			z.QuadTo(ax, ay, bx, by)
		case opentype.SegmentOpCubeTo:
			z.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	z.ClosePath()
	m.alpha = image.Alpha{Pix: grow(m.alpha.Pix, box.Dx()*box.Dy()), Stride: box.Dx(), Rect: image.Rect(0, 0, box.Dx(), box.Dy())}
	z.Draw(&m.alpha, m.alpha.Rect, image.Opaque, image.Point{})
}

func grow(pix []uint8, n int) []uint8 {
	if cap(pix) < n {
		return make([]uint8, n)
	}
	return pix[:n]
}

// crop keeps the dots dark enough to print.
func crop(alpha *image.Alpha, corner image.Point) mask {
	ink := inkBox(alpha)
	dots := NewBitmap(ink.Dx(), ink.Dy())
	for y := range ink.Dy() {
		row := alpha.Pix[(ink.Min.Y+y)*alpha.Stride+ink.Min.X:]
		for x := range ink.Dx() {
			if row[x] >= inkAlpha {
				dots.Bits[y*dots.Stride+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return mask{dots: dots, dx: corner.X + ink.Min.X, dy: corner.Y + ink.Min.Y}
}

func inkBox(alpha *image.Alpha) image.Rectangle {
	var box image.Rectangle
	for y := range alpha.Rect.Dy() {
		row := alpha.Pix[y*alpha.Stride : y*alpha.Stride+alpha.Rect.Dx()]
		for x, a := range row {
			if a >= inkAlpha {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box
}
