package box

import (
	"fmt"

	"markaz.example/devices/slip"
	"markaz.example/edge/anthropometry"
	"markaz.example/edge/chart"
	"markaz.example/edge/lms"
	"markaz.example/edge/web/page"
)

// growthSheet is a child's curve as its mother takes it home: what was measured, the curve that the screen shows, and where
// to go next. Neither a name nor a verdict is on it that a neighbour could read.
func (l layout) growthSheet(s anthropometry.Sheet, figures *lms.Figures) (slip.Doc, error) {
	blocks := append(l.head(s.Reprint), l.title("بچے کی نشوونما", "Growth of the child")...)
	blocks = append(blocks, l.measured(s)...)
	curve, err := l.curve(s, figures)
	if err != nil {
		return slip.Doc{}, err
	}
	blocks = append(blocks, curve...)
	ur, en := "اگلا", "Next"
	for _, next := range s.Next {
		blocks = append(blocks, l.fact(ur, en, next.NameUr))
		ur, en = l.text(page.Urdu, "ticket.then"), l.text(page.English, "ticket.then")
	}
	return slip.Doc{Blocks: append(blocks, slip.Rule{}, slip.Gap(l.dots(6)),
		l.fact("نمبر", "Number", string(s.Token)),
		l.fact("تاریخ", "Date", s.Day),
	)}, nil
}

// measured is one line for each thing that was measured.
func (l layout) measured(s anthropometry.Sheet) (blocks []slip.Block) {
	e := s.Kept.Measured
	for _, one := range []struct {
		key   string
		value uint32
		unit  string
		per   float64
	}{
		{"growth.weight", e.WeightMG, "%.2f kg", 1e6}, {"growth.stature", e.StatureUM, "%.1f cm", 1e4},
		{"growth.arm", e.ArmUM, "%.1f mm", 1e3}, {"growth.head", e.HeadUM, "%.1f cm", 1e4},
	} {
		if one.value > 0 {
			value := fmt.Sprintf(one.unit, float64(one.value)/one.per)
			blocks = append(blocks, l.fact(l.text(page.Urdu, one.key), l.text(page.English, one.key), value))
		}
	}
	return blocks
}

// curve is the drawing of the screen in black dots, its words beside it; of a child of unknown sex there is none.
func (l layout) curve(s anthropometry.Sheet, figures *lms.Figures) ([]slip.Block, error) {
	if figures == nil || s.Sex == lms.SexUnknown {
		return nil, nil
	}
	d, err := chart.Draw(figures, chart.WeightByAge, s.Sex, s.Points, l.width, chart.Words{})
	if err != nil {
		return nil, fmt.Errorf("draw the curve: %w", err)
	}
	return []slip.Block{
		slip.Gap(l.dots(6)),
		slip.Text{Text: l.text(page.Urdu, "growth.axis.weight-age"), Size: l.em(26), Bold: true},
		slip.Text{Text: l.text(page.English, "growth.axis.weight-age") + " · WHO 2006", Size: l.em(20)},
		slip.Picture{Bitmap: dots(d)},
		slip.Gap(l.dots(6)),
	}, nil
}

// dots is a drawing as a print head burns it.
func dots(d chart.Drawing) *slip.Bitmap {
	paper := chart.Raster(d)
	out := slip.NewBitmap(paper.Rect.Dx(), paper.Rect.Dy())
	for i, shade := range paper.Pix {
		if shade == 0 {
			out.Set(i%paper.Stride, i/paper.Stride)
		}
	}
	return out
}
