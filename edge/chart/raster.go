package chart

import (
	"image"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// ink is the coverage from which a dot is black, of 255: slightly under half, because a thermal dot is round.
const ink = 110

// Raster brings a drawing to black (0) and white (255) dots, for a print head.
func Raster(d Drawing) *image.Gray {
	r := newRaster(d.Width, d.Height)
	for _, l := range d.Labels {
		if !l.Screen {
			r.label(l)
		}
	}
	for _, l := range d.Lines {
		if l.Blank {
			r.flush(black)
			r.line(l)
			r.flush(white)
			continue
		}
		r.line(l)
	}
	r.flush(black)
	for _, dot := range d.Dots {
		r.disc(dot.At, dot.Radius+1, false)
	}
	r.flush(white)
	for _, dot := range d.Dots {
		r.dot(dot)
	}
	r.flush(black)
	return r.paper
}

const black, white = 0, 0xff

// raster gathers outlines that all turn the same way, so that where they lie on each other nothing is cut out, until they
// are flushed to the paper.
type raster struct {
	paper *image.Gray
	alpha *image.Alpha
	z     *vector.Rasterizer
}

func newRaster(width, height int) raster {
	r := raster{image.NewGray(image.Rect(0, 0, width, height)), image.NewAlpha(image.Rect(0, 0, width, height)), vector.NewRasterizer(width, height)}
	for i := range r.paper.Pix {
		r.paper.Pix[i] = white
	}
	return r
}

// flush paints what was gathered.
func (r raster) flush(paint uint8) {
	r.z.DrawOp = draw.Src
	r.z.Draw(r.alpha, r.alpha.Rect, image.Opaque, image.Point{})
	for i, a := range r.alpha.Pix {
		if a >= ink {
			r.paper.Pix[i] = paint
		}
	}
	r.z.Reset(r.paper.Rect.Dx(), r.paper.Rect.Dy())
}

func (r raster) line(l Line) {
	dash := dasher{dash: l.Dash}
	for i := 1; i < len(l.Points); i++ {
		dash.along(l.Points[i-1], l.Points[i], func(a, b Point) { r.stroke(a, b, l.Weight) })
		if len(l.Dash) == 0 && i > 1 && l.Weight > 2 {
			r.disc(l.Points[i-1], l.Weight/2, false) // the joint of two thick strokes
		}
	}
}

// dasher keeps the pattern going over the corners of a line.
type dasher struct {
	dash []float64
	at   int     // the piece of dash that is being drawn
	done float64 // of that piece
}

func (d *dasher) along(a, b Point, stroke func(a, b Point)) {
	length := math.Hypot(b.X-a.X, b.Y-a.Y)
	if len(d.dash) == 0 || length == 0 {
		stroke(a, b)
		return
	}
	on := func(t float64) Point { return Point{a.X + (b.X-a.X)*t/length, a.Y + (b.Y-a.Y)*t/length} }
	for gone := 0.0; gone < length; {
		piece := min(d.dash[d.at]-d.done, length-gone)
		if d.at%2 == 0 {
			stroke(on(gone), on(gone+piece))
		}
		gone += piece
		if d.done += piece; d.done >= d.dash[d.at]-1e-9 {
			d.at, d.done = (d.at+1)%len(d.dash), 0
		}
	}
}

// stroke is a rectangle round a straight piece. Lines along the grid are put on whole dots, or they would be grey.
func (r raster) stroke(a, b Point, weight float64) {
	length := math.Hypot(b.X-a.X, b.Y-a.Y)
	if length == 0 {
		return
	}
	if a.X == b.X {
		a.X = math.Floor(a.X) + math.Mod(weight, 2)/2
		b.X = a.X
	}
	if a.Y == b.Y {
		a.Y = math.Floor(a.Y) + math.Mod(weight, 2)/2
		b.Y = a.Y
	}
	nx, ny := -(b.Y-a.Y)/length*weight/2, (b.X-a.X)/length*weight/2
	r.outline(Point{a.X + nx, a.Y + ny}, Point{b.X + nx, b.Y + ny}, Point{b.X - nx, b.Y - ny}, Point{a.X - nx, a.Y - ny})
}

func (r raster) outline(points ...Point) {
	for i, p := range points {
		if i == 0 {
			r.z.MoveTo(float32(p.X), float32(p.Y))
			continue
		}
		r.z.LineTo(float32(p.X), float32(p.Y))
	}
	r.z.ClosePath()
}

// corners of a disc: at 10 dots across a side of 24 is a dot long.
const corners = 24

// disc turns as strokes do, or the other way to cut a hole.
func (r raster) disc(c Point, radius float64, hole bool) {
	points := make([]Point, corners)
	for i := range points {
		turn := -2 * math.Pi * float64(i) / corners
		if hole {
			turn = -turn
		}
		points[i] = Point{c.X + radius*math.Cos(turn), c.Y + radius*math.Sin(turn)}
	}
	r.outline(points...)
}

func (r raster) dot(d Dot) {
	r.disc(d.At, d.Radius, false)
	if d.Hollow {
		r.disc(d.At, d.Radius*2/3, true)
	}
}
