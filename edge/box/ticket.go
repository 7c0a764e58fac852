package box

import (
	"fmt"
	"strings"
	"time"

	"markaz.example/devices/slip"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
)

// layout is what the ticket needs to know besides the visit.
type layout struct {
	centre Centre
	public string         // scheme and host of the phone page
	zone   *time.Location // of the time on the paper
	width  int            // dots
}

// fullWidth is the paper that the sizes below are given for: 80 mm at 203 dpi. Narrower paper shrinks them.
const fullWidth = 576

// qrModule is the size of a code's dot: 0.75 mm is read by old phones at arm's length.
const (
	qrModule    = 6
	qrModuleMin = 4
)

func (l layout) dots(n int) int { return n * l.width / fullWidth }

// ticket lays out a visit's paper. The number and the room are read from across a hall, by people who know digits and
// letters but not words; it names neither a person nor a programme's amount.
func (l layout) ticket(s desk.Slip) slip.Doc {
	air, thin := slip.Gap(l.dots(10)), slip.Rule{}
	first := s.Stops[0].Service
	blocks := []slip.Block{
		slip.Text{Text: l.centre.NameUr, Size: l.dots(48), Bold: true},
		slip.Text{Text: l.centre.NameEn, Size: l.dots(26)},
		air, slip.Rule{Thick: 3}, air,
	}
	if s.Reprint {
		blocks = append(blocks,
			slip.Text{Text: "دوبارہ چھاپی گئی پرچی", Size: l.dots(40), Bold: true, Reverse: true, Fit: true},
			slip.Text{Text: "REPRINT", Size: l.dots(30), Bold: true}, air)
	}
	blocks = append(blocks,
		slip.Row{Left: slip.Text{Text: "Your number", Size: l.dots(28)}, Right: slip.Text{Text: "آپ کا نمبر", Size: l.dots(46)}},
		slip.Text{Text: string(s.Token), Size: l.dots(240), Bold: true, Fit: true},
		slip.Text{Text: first.NameUr, Size: l.dots(76), Bold: true, Reverse: true, Fit: true},
		air,
		slip.Text{Text: first.NameEn, Size: l.dots(34), Bold: true},
	)
	blocks = append(blocks, l.further(s.Stops[1:])...)
	blocks = append(blocks, air, thin, air,
		l.fact("Room", "کمرہ", slip.Text{Text: first.Room, Reverse: true}), air,
		l.fact("People ahead", "آپ سے پہلے", slip.Text{Text: fmt.Sprint(s.Ahead)}), air)
	blocks = append(blocks, l.guidance(first)...)
	blocks = append(blocks, thin,
		slip.QR{
			Data: l.link(s.Code), Module: max(qrModuleMin, l.dots(qrModule)),
			Beside: slip.Text{Text: "اپنی باری فون پر دیکھیں\nYour turn on your phone", Size: l.dots(30)},
		},
		slip.Rule{Dashed: true}, air, l.when(s.Opened))
	return slip.Doc{Blocks: blocks}
}

// fact is a large value between its two names.
func (l layout) fact(english, urdu string, value slip.Text) slip.Row {
	value.Size, value.Bold = l.dots(76), true
	return slip.Row{
		Left: slip.Text{Text: english, Size: l.dots(28)}, Middle: value, Right: slip.Text{Text: urdu, Size: l.dots(44)},
	}
}

// further names the stops after the first, in order.
func (l layout) further(stops []desk.Stop) (blocks []slip.Block) {
	for _, s := range stops {
		blocks = append(blocks, slip.Row{
			Left:  slip.Text{Text: "then " + s.Service.NameEn, Size: l.dots(28)},
			Right: slip.Text{Text: "پھر " + s.Service.NameUr, Size: l.dots(40)},
		})
	}
	return blocks
}

// guidance is the way, and the papers to have ready.
func (l layout) guidance(s desk.Service) (blocks []slip.Block) {
	lines := []struct {
		text string
		size int
	}{
		{s.WayUr, 36},
		{s.WayEn, 24},
		{join("ساتھ لائیں: ", s.BringUr, "، "), 34},
		{join("Have ready: ", s.BringEn, ", "), 24},
	}
	for _, line := range lines {
		if line.text != "" {
			blocks = append(blocks, slip.Text{Text: line.text, Size: l.dots(line.size)})
		}
	}
	if len(blocks) == 0 {
		return nil
	}
	return append(append([]slip.Block{slip.Rule{}, slip.Gap(l.dots(8))}, blocks...), slip.Gap(l.dots(8)))
}

func join(before string, items []string, between string) string {
	if len(items) == 0 {
		return ""
	}
	return before + strings.Join(items, between)
}

// link is the phone page, in capitals: a code then needs fewer dots.
func (l layout) link(c id.Code) string { return strings.ToUpper(l.public) + "/T/" + string(c) }

// when is the day and the hour; a clock nobody has set says nothing rather than something wrong.
func (l layout) when(at clock.Stamp) slip.Row {
	if at.Grade == clock.Unset {
		return slip.Row{Left: slip.Text{Text: "—", Size: l.dots(30)}}
	}
	t := at.Time().In(l.zone)
	return slip.Row{
		Left:  slip.Text{Text: t.Format("2006-01-02"), Size: l.dots(30), Bold: true},
		Right: slip.Text{Text: t.Format("15:04"), Size: l.dots(30), Bold: true},
	}
}
