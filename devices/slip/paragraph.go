package slip

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// setter turns strings into placed glyphs. One goroutine at a time: faces and shaping buffers are not shared.
type setter struct {
	regular, bold faces
	masks         *masks
	segmenter     shaping.Segmenter
	shaper        shaping.HarfbuzzShaper
	wrapper       shaping.LineWrapper
}

// unlimited is a width, in dots, at which no text wraps that could stand on one line of any paper.
const unlimited = math.MaxInt16

// wordSpaceShare widens the spaces of Nastaliq by a tenth of an em. The font kerns sloped words into each other as books
// do; on thermal paper, read at arm's length, neighbours and numbers need air.
const wordSpaceShare = 10

// placed is a glyph's ink and where its corner lies from the beginning of the line's baseline.
type placed struct {
	ink *Bitmap
	at  image.Point
}

// line is one line of text. Its height comes from its ink, since Nastaliq words climb by 0.9 to 2.1 em and room for the
// highest would waste half the paper.
type line struct {
	glyphs []placed
	ink    image.Rectangle // from the beginning of the baseline; empty for a blank line
	up     int             // dots above the baseline
	down   int             // dots below it
	rtl    bool
}

// body is a Text that has been set: its lines, their white between them, its size in dots.
type body struct {
	lines         []line
	leading       int
	width, height int
}

// set shapes and wraps t in the given width.
func (s *setter) set(t Text, width int) (body, error) {
	t.Size = t.size()
	if err := t.check(); err != nil {
		return body{}, err
	}
	if t.Fit {
		return s.fit(t, width), nil
	}
	return s.wrap(t, width), nil
}

func (t Text) size() int {
	if t.Size == 0 {
		return SizeDefault
	}
	return t.Size
}

func (t Text) check() error {
	if t.Size < SizeMin || t.Size > SizeMax {
		return fmt.Errorf("size %d dots per em is outside %d to %d", t.Size, SizeMin, SizeMax)
	}
	if n := utf8.RuneCountInString(t.Text); n > textRunesMax {
		return fmt.Errorf("text of %d letters is longer than %d: split it over several slips", n, textRunesMax)
	}
	if t.Fit && strings.Contains(t.Text, "\n") {
		return errors.New(`text to fit one line holds "\n": take it out or leave Fit off`)
	}
	return nil
}

// fit sets t on one line and shrinks it until its ink is within the width. What is too wide at the least size wraps.
func (s *setter) fit(t Text, width int) body {
	if utf8.RuneCountInString(t.Text) > fitRunesMax {
		t.Size = SizeMin
	}
	for t.Size > SizeMin {
		b := s.wrap(t, unlimited)
		if b.width <= width {
			return b
		}
		t.Size = max(SizeMin, min(t.Size-1, t.Size*width/b.width))
	}
	return s.wrap(t, width)
}

func (s *setter) wrap(t Text, width int) body {
	b := body{leading: t.Size / 5}
	for paragraph := range strings.SplitSeq(t.Text, "\n") {
		b.lines = s.appendParagraph(b.lines, t, paragraph, width)
	}
	b.measure()
	return b
}

func (b *body) measure() {
	for i, l := range b.lines {
		if i > 0 {
			b.height += b.leading
		}
		b.height += l.up + l.down
		b.width = max(b.width, l.ink.Dx())
	}
}

func (s *setter) appendParagraph(lines []line, t Text, paragraph string, width int) []line {
	dir := t.Base.direction(paragraph)
	runes := prepare(paragraph, dir)
	outs := s.shape(runes, dir, t)
	wrap := shaping.WrapConfig{Direction: dir, BreakPolicy: shaping.WhenNecessary}
	room := width - t.Size/12 // Nastaliq ink leans out of its advance by up to a twelfth of an em
	wrapped, _ := s.wrapper.WrapParagraph(wrap, max(room, 1), runes, shaping.NewSliceIterator(outs))
	for _, runs := range wrapped {
		lines = append(lines, s.place(runs, t.Size, dir == di.DirectionRTL))
	}
	return lines
}

// prepare is the paragraph as the segmenter shall see it: valid, without controls, numbers isolated, and led by a mark,
// because the segmenter would otherwise take the direction of the first letter whatever it is told.
func prepare(paragraph string, dir di.Direction) []rune {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(paragraph, "\ufffd"))
	if dir == di.DirectionRTL {
		return []rune(rightToLeftMark + isolateNumbers(clean))
	}
	return []rune(leftToRightMark + clean)
}

func (s *setter) shape(runes []rune, dir di.Direction, t Text) []shaping.Output {
	weight := s.regular
	if t.Bold {
		weight = s.bold
	}
	weight.plain = t.Naskh
	whole := shaping.Input{
		Text: runes, RunEnd: len(runes), Direction: dir,
		Size: fixed.I(t.Size), Language: language.NewLanguage(cmp.Or(t.Lang, "ur")),
	}
	inputs := s.segmenter.Split(whole, &weight)
	outs := make([]shaping.Output, len(inputs))
	for i, in := range inputs {
		if in.Face == weight.nastaliq {
			in.Size = max(in.Size, fixed.I(nastaliqSizeMin))
		}
		outs[i] = s.shaper.Shape(in)
		if in.Face == weight.nastaliq {
			outs[i].AddWordSpacing(runes, in.Size/wordSpaceShare)
		}
	}
	return outs
}

// place walks the runs of a line from left to right and puts each glyph's ink where the shaper wants it.
func (s *setter) place(runs shaping.Line, size int, rtl bool) line {
	l := line{rtl: rtl}
	var pen fixed.Int26_6
	for _, run := range visualOrder(runs) {
		for i := range run.Glyphs {
			g := &run.Glyphs[i]
			l.put(s.masks.at(run.Face, g.GlyphID, run.Size, pen+g.XOffset, -g.YOffset))
			pen += g.Advance
		}
	}
	l.up, l.down = max(-l.ink.Min.Y, capHeight(size)), max(l.ink.Max.Y, 0)
	return l
}

func (l *line) put(m mask, at image.Point) {
	if m.dots.Height == 0 {
		return
	}
	l.glyphs = append(l.glyphs, placed{m.dots, at})
	l.ink = l.ink.Union(image.Rectangle{Max: image.Pt(m.dots.Width, m.dots.Height)}.Add(at))
}

// capHeight is the height of a capital of Noto Sans, 714 of 1,000 units. No line is lower, so lines without tall letters
// do not crowd.
func capHeight(size int) int { return size * 714 / 1000 }

func visualOrder(runs shaping.Line) []shaping.Output {
	ordered := make([]shaping.Output, len(runs))
	for _, run := range runs {
		ordered[run.VisualIndex] = run
	}
	return ordered
}

// draw puts the body on paper, its lines aligned between left and left+width.
func (b *body) draw(paper *Bitmap, left, top, width int, align Align) {
	for i := range b.lines {
		l := &b.lines[i]
		x, y := left+l.offset(width, align)-l.ink.Min.X, top+l.up
		for _, g := range l.glyphs {
			paper.stamp(g.ink, x+g.at.X, y+g.at.Y)
		}
		top += l.up + l.down + b.leading
	}
}

// offset is the white to the left of the line's ink.
func (l *line) offset(width int, align Align) int {
	white := width - l.ink.Dx()
	switch align {
	case Centre:
		return white / 2
	case atLeft:
		return 0
	case atRight:
		return white
	}
	if (align == Start) == l.rtl {
		return white
	}
	return 0
}
