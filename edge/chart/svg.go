package chart

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
)

// SVG writes a drawing for a page. Colours are the style sheet's, by class; without it lines are in the colour of the text.
// There is no style attribute, so that it passes the strictest policy. Everything is text of this package, numbers, or
// escaped.
func SVG(d Drawing) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg class="chart" viewBox="0 0 %d %d" direction="ltr" role="img"`, d.Width, d.Height)
	if d.Name != "" {
		fmt.Fprintf(&b, ` aria-label="%s"`, escaped(d.Name))
	}
	b.WriteString(">\n")
	for _, a := range d.Areas {
		fmt.Fprintf(&b, `<polygon class="%s" fill="none" points="%s"/>`+"\n", escaped(a.Class), places(a.Edge))
	}
	for _, l := range d.Lines {
		paint := "currentColor"
		if l.Blank {
			paint = "white"
		}
		fmt.Fprintf(&b, `<polyline class="%s" fill="none" stroke="%s" stroke-width="%s"%s points="%s"/>`+"\n",
			escaped(l.Class), paint, short(l.Weight), dashes(l.Dash), places(l.Points))
	}
	for _, dot := range d.Dots {
		writeDot(&b, dot)
	}
	for _, l := range d.Labels {
		writeLabel(&b, l)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func writeDot(b *bytes.Buffer, d Dot) {
	class, radius, paint := escaped(d.Class), d.Radius, `fill="currentColor"`
	if d.Hollow {
		width := d.Radius / 3
		class, radius, paint = class+" chart-hollow", d.Radius-width/2, `fill="white" stroke="currentColor" stroke-width="`+short(width)+`"`
	}
	fmt.Fprintf(b, `<circle class="%s" %s cx="%s" cy="%s" r="%s"/>`+"\n", class, paint, short(d.At.X), short(d.At.Y), short(radius))
}

// capital is how high a digit is in a font of size 1; half of it brings its middle to the place.
const capital = 0.72

func writeLabel(b *bytes.Buffer, l Label) {
	anchor := [...]string{Middle: "middle", Start: "start", End: "end"}[l.Anchor]
	class, direction := l.Class, ""
	if l.RTL {
		class += " chart-rtl"
		direction = ` direction="rtl" unicode-bidi="embed"`
		anchor = map[string]string{"middle": "middle", "start": "end", "end": "start"}[anchor] // start is where reading begins
	}
	fmt.Fprintf(b, `<text class="%s" fill="currentColor" font-size="%s" text-anchor="%s"%s x="%s" y="%s">%s</text>`+"\n",
		escaped(class), short(l.Size/capital), anchor, direction, short(l.At.X), short(l.At.Y+l.Size/2), escaped(l.Text))
}

func dashes(dash []float64) string {
	if len(dash) == 0 {
		return ""
	}
	text := ` stroke-dasharray="`
	for i, n := range dash {
		if i > 0 {
			text += " "
		}
		text += short(n)
	}
	return text + `"`
}

func places(points []Point) string {
	var b []byte
	for i, p := range points {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(append(append(b, short(p.X)...), ','), short(p.Y)...)
	}
	return string(b)
}

// short is a number to a tenth of a dot.
func short(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

func escaped(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}
