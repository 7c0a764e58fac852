package chart

import (
	"math"
	"strconv"
)

// paper is where things are in a chart.
type paper struct {
	height                   int
	left, right, top, bottom float64 // of the field that the lines are in
	x0, x1, y0, y1           float64 // of the field, in the chart's units
	step                     float64 // of the numbers beside it
	digit                    float64 // height of a digit
	thin                     float64 // the least that a head prints as a line
}

// wordLine is the height of a line of words in heights of a digit: Nastaliq slopes, and needs twice what Latin does.
const wordLine = 3

// newPaper makes a field three quarters as high as it is wide, which is what a curve needs for its slope to be seen. Words
// are above and below it.
func newPaper(width int, b bands, points []spot, words Words) paper {
	w := float64(width)
	p := paper{digit: 13 + w/96, thin: 1 + w/576}
	p.right, p.top, p.bottom = w-p.digit*2.1, p.digit, math.Round(w*3/4-p.digit*2.4)
	if words.Y != "" {
		p.top, p.bottom = p.top+wordLine*p.digit, math.Round(p.bottom+wordLine*p.digit)
	}
	p.height = int(math.Round(p.bottom + p.digit*2.4))
	if words.X != "" || words.Source != "" {
		p.height += int(wordLine * p.digit)
	}
	p.x0, p.x1 = b.from, b.to
	low, high := b.extent(points)
	p.step = tick(high-low, ticksMax)
	p.y0, p.y1 = math.Floor(low/p.step)*p.step, math.Ceil(high/p.step)*p.step
	p.left = math.Round(p.digit * (0.9 + digitWide*float64(len(number(p.y1)))))
	return p
}

// digitWide is the room of a digit, in heights of one.
const digitWide = (columns + apart) / rows

// extent is from below the lowest line to above the highest. Points widen it by half at most: one slip of a digit may not
// press all else flat.
func (b bands) extent(points []spot) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for i := range b.y {
		for _, y := range b.y[i] {
			low, high = min(low, y), max(high, y)
		}
	}
	if low > high {
		return 0, 1
	}
	room := (high - low) / 2
	least, most := max(0, low-room), high+room
	for _, p := range points {
		low, high = min(low, max(p.y, least)), max(high, min(p.y, most))
	}
	return low, high
}

// tick is the smallest of 1, 2, 5, 10, 20... that makes no more than so many steps of a span.
func tick(span float64, most int) float64 {
	for scale := 0.1; ; scale *= 10 {
		for _, n := range []float64{1, 2, 5} {
			if span/(n*scale) <= float64(most) {
				return n * scale
			}
		}
	}
}

func (p paper) at(x, y float64) Point {
	return Point{
		p.left + (x-p.x0)/(p.x1-p.x0)*(p.right-p.left),
		p.bottom - (y-p.y0)/(p.y1-p.y0)*(p.bottom-p.top),
	}
}

// grid draws the frame, a hair line for each number, and the numbers.
func (p paper) grid(d *Drawing, c Chart) {
	for n := math.Round(p.y0 / p.step); n*p.step < p.y1+p.step/2; n++ {
		at := p.at(p.x0, n*p.step)
		p.hair(d, at, Point{p.right, at.Y})
		d.Labels = append(d.Labels, Label{Class: "chart-number", At: Point{p.left - p.digit*0.5, at.Y}, Anchor: End, Size: p.digit, Text: number(n * p.step)})
	}
	unit, step := scale(c, p.x1-p.x0)
	for n := math.Ceil(p.x0 / unit / step); n*step*unit < p.x1+unit/2; n++ {
		at := p.at(min(n*step*unit, p.x1), p.y0)
		p.hair(d, at, Point{at.X, p.top})
		d.Labels = append(d.Labels, Label{Class: "chart-number", At: Point{at.X, p.bottom + p.digit*1.3}, Size: p.digit, Text: number(n * step)})
	}
	d.Lines = append(d.Lines, Line{Class: "chart-frame", Weight: p.thin, Points: []Point{{p.left, p.top}, {p.left, p.bottom}, {p.right, p.bottom}}})
}

func (p paper) hair(d *Drawing, from, to Point) {
	d.Lines = append(d.Lines, Line{Class: "chart-hair", Weight: 1, Dash: []float64{1, 5}, Points: []Point{from, to}})
}

// scale is what the x axis counts (months, or centimetres of tenths) and in which steps.
func scale(c Chart, span float64) (unit, step float64) {
	if c == WeightByStature {
		return 10, max(5, tick(span/10, ticksMax))
	}
	switch months := span / month; {
	case months < 13:
		return month, 2
	case months < 25:
		return month, 4
	}
	return month, 12
}

func number(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// styles tell the bands apart without colour: the middle one is whole and thick, two whole and thin, three dashed.
var styles = [len(scores)]struct {
	class, name string
	thick       float64
	dashed      bool
}{
	{"chart-line chart-line-3", "-3", 1, true},
	{"chart-line chart-line-2", "-2", 1, false},
	{"chart-line chart-line-0", "0", 1.6, false},
	{"chart-line chart-line-2", "+2", 1, false},
	{"chart-line chart-line-3", "+3", 1, true},
}

func (p paper) bands(d *Drawing, b bands) {
	if len(b.x) == 0 {
		return
	}
	for i, s := range styles {
		l := Line{Class: s.class, Weight: s.thick * p.thin, Points: p.line(b, i)}
		if s.dashed {
			l.Dash = []float64{3 * p.thin, 2 * p.thin}
		}
		end := l.Points[len(l.Points)-1]
		d.Lines = append(d.Lines, l)
		d.Labels = append(d.Labels, Label{Class: "chart-band", At: Point{end.X + p.digit*0.5, end.Y}, Anchor: Start, Size: p.digit * 0.8, Text: s.name})
	}
	p.spread(d.Labels[len(d.Labels)-len(styles):])
}

// spread keeps the bands' names off each other; they come from below.
func (p paper) spread(labels []Label) {
	for i := 1; i < len(labels); i++ {
		if room := labels[i-1].At.Y - 1.2*p.digit; labels[i].At.Y > room {
			labels[i].At.Y = room
		}
	}
}

func (p paper) line(b bands, i int) (points []Point) {
	for n, x := range b.x {
		points = append(points, p.at(x, b.y[i][n]))
	}
	return points
}

// areas are the ground between the lines, on a screen.
func (p paper) areas(d *Drawing, b bands) {
	if len(b.x) == 0 {
		return
	}
	for _, a := range []struct {
		class     string
		low, high int
	}{{"chart-moderate", 0, 1}, {"chart-normal", 1, 3}, {"chart-over", 3, 4}} {
		edge := p.line(b, a.low)
		for high, i := p.line(b, a.high), len(b.x)-1; i >= 0; i-- {
			edge = append(edge, high[i])
		}
		d.Areas = append(d.Areas, Area{Class: a.class, Edge: edge})
	}
}

// points draws the child: a line through its visits, and a dot for each; the newest is larger.
func (p paper) points(d *Drawing, spots []spot) {
	way := Line{Class: "chart-child", Weight: 1.4 * p.thin}
	var dots []Dot
	for _, s := range spots {
		if s.x < p.x0 || s.x > p.x1 {
			continue
		}
		y := min(max(s.y, p.y0), p.y1)
		dot := Dot{Class: "chart-dot", At: p.at(s.x, y), Radius: 3 * p.thin, Hollow: s.doubted || y != s.y}
		way.Points, dots = append(way.Points, dot.At), append(dots, dot)
	}
	if len(dots) == 0 {
		return
	}
	if len(dots) > 1 {
		halo := Line{Class: "chart-halo", Points: way.Points, Weight: way.Weight + 4*p.thin, Blank: true}
		d.Lines = append(d.Lines, halo, way)
	}
	newest := &dots[len(dots)-1]
	newest.Class, newest.Radius = "chart-dot chart-newest", 4.2*p.thin
	d.Dots = dots
}

// words are what the axes are, on a screen: above the field and below it.
func (p paper) words(d *Drawing, w Words) {
	up := Label{Class: "chart-word", At: Point{p.left, p.top - p.digit*1.4}, Anchor: Start, Size: p.digit, Text: w.Y, Screen: true, RTL: w.RTL}
	along := up
	along.At, along.Anchor, along.Text = Point{p.right, p.bottom + p.digit*3.4}, End, w.X
	source := along
	source.Class, source.At.X, source.Anchor, source.Size, source.Text, source.RTL = "chart-source", p.left, Start, 0.7*p.digit, w.Source, false
	for _, l := range []Label{up, along, source} {
		if l.Text != "" {
			d.Labels = append(d.Labels, l)
		}
	}
}
