package slip

import (
	"errors"
	"fmt"
	"image"
)

func (t Text) lay(s *setter, width int) (strip, error) {
	b, err := s.set(t, width-2*t.inset())
	if err != nil {
		return strip{}, fmt.Errorf("text %.20q: %w", t.Text, err)
	}
	pad := t.padding()
	height := b.height + 2*pad
	return strip{height, func(paper *Bitmap, top int) {
		b.draw(paper, t.inset(), top+pad, width-2*t.inset(), t.Align)
		if t.Reverse {
			paper.invert(image.Rect(0, top, width, top+height))
		}
	}}, nil
}

// padding is the white above and below a text, or the black of its band.
func (t Text) padding() int {
	if t.Reverse {
		return t.size() / 4
	}
	return t.size() / 8
}

// inset keeps letters off the edges of the paper, and reversed ones off the ends of their band.
func (t Text) inset() int {
	if t.Reverse {
		return max(edgeDots, t.padding())
	}
	return edgeDots
}

// cell is a set text of a Row and where its ink and box begin, from the left edge and the top of the row.
type cell struct {
	text Text
	body body
	x, y int
}

func newCell(s *setter, t Text, room int) (cell, error) {
	if t.Text == "" {
		return cell{}, nil
	}
	b, err := s.set(t, max(1, room-2*t.inset()))
	if err != nil {
		return cell{}, fmt.Errorf("text %.20q: %w", t.Text, err)
	}
	return cell{text: t, body: b}, nil
}

func (c *cell) width() int {
	if c.text.Text == "" {
		return 0
	}
	return c.body.width + 2*c.text.inset()
}

func (c *cell) height() int {
	if c.text.Text == "" {
		return 0
	}
	return c.body.height + 2*c.text.padding()
}

func (r Row) lay(s *setter, width int) (strip, error) {
	middle, err := newCell(s, r.Middle, width/2)
	if err != nil {
		return strip{}, err
	}
	left, right, err := r.outer(s, width, middle.width())
	if err != nil {
		return strip{}, err
	}
	middle.x = (width - middle.width()) / 2
	right.x = width - right.width()
	left.text.Align, middle.text.Align, right.text.Align = atLeft, Centre, atRight
	height := level(&left, &middle, &right)
	return strip{height, func(paper *Bitmap, top int) {
		left.draw(paper, top)
		middle.draw(paper, top)
		right.draw(paper, top)
	}}, nil
}

// outer sets the texts at the edges. Each has its own side of a middle; without one, a short text leaves to a long one
// what it does not need, and two long ones get half each.
func (r Row) outer(s *setter, width, middle int) (left, right cell, err error) {
	gutter := max(r.Left.size(), r.Right.size()) / 4
	if middle > 0 {
		side := (width-middle)/2 - gutter
		return r.sides(s, side, side)
	}
	room := width - gutter
	left, right, err = r.sides(s, unlimited, unlimited)
	if err != nil || left.width()+right.width() <= room {
		return left, right, err
	}
	return r.sides(s, room-min(right.width(), room/2), room-min(left.width(), room/2))
}

func (r Row) sides(s *setter, leftRoom, rightRoom int) (left, right cell, err error) {
	left, err = newCell(s, r.Left, leftRoom)
	if err != nil {
		return left, right, err
	}
	right, err = newCell(s, r.Right, rightRoom)
	return left, right, err
}

// level places the cells above each other's level and returns the height of the row: texts of one size stand on one
// baseline, a text of another size is centred on the highest.
func level(cells ...*cell) int {
	tallest := cells[0]
	for _, c := range cells[1:] {
		if c.height() > tallest.height() {
			tallest = c
		}
	}
	highest, lowest := 0, 0
	for _, c := range cells {
		c.y = (tallest.height() - c.height()) / 2
		if c.text.size() == tallest.text.size() {
			c.y = tallest.rise() - c.rise()
		}
		highest, lowest = min(highest, c.y), max(lowest, c.y+c.height())
	}
	for _, c := range cells {
		c.y -= highest
	}
	return lowest - highest
}

// rise is how far the first baseline lies below the top of the cell.
func (c *cell) rise() int {
	if len(c.body.lines) == 0 {
		return 0
	}
	return c.text.padding() + c.body.lines[0].up
}

func (c *cell) draw(paper *Bitmap, top int) {
	if c.text.Text == "" {
		return
	}
	inset, top := c.text.inset(), top+c.y
	c.body.draw(paper, c.x+inset, top+c.text.padding(), c.body.width, c.text.Align)
	if c.text.Reverse {
		paper.invert(image.Rect(c.x, top, c.x+c.width(), top+c.height()))
	}
}

func (r Rule) lay(_ *setter, width int) (strip, error) {
	thick := r.Thick
	if thick == 0 {
		thick = 2
	}
	if thick < 0 || thick > ruleThickMax {
		return strip{}, fmt.Errorf("rule of %d dots is outside 0 to %d", thick, ruleThickMax)
	}
	return strip{thick, func(paper *Bitmap, top int) {
		if !r.Dashed {
			paper.invert(image.Rect(0, top, width, top+thick))
			return
		}
		for x := 0; x < width; x += 2 * dashDots {
			paper.invert(image.Rect(x, top, x+dashDots, top+thick))
		}
	}}, nil
}

func (g Gap) lay(*setter, int) (strip, error) {
	if g < 0 || g > HeightMax {
		return strip{}, fmt.Errorf("gap of %d dots is outside 0 to %d", int(g), HeightMax)
	}
	return strip{int(g), func(*Bitmap, int) {}}, nil
}

func (p Picture) lay(_ *setter, width int) (strip, error) {
	if p.Bitmap == nil {
		return strip{}, errors.New("picture without a bitmap")
	}
	if p.Bitmap.Width > width {
		return strip{}, fmt.Errorf("picture of %d dots is wider than the paper's %d", p.Bitmap.Width, width)
	}
	picture := line{ink: p.Bitmap.Bounds()}
	return strip{p.Bitmap.Height, func(paper *Bitmap, top int) {
		paper.stamp(p.Bitmap, picture.offset(width, p.Align), top)
	}}, nil
}
