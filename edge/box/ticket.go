package box

import (
	"fmt"
	"strings"
	"time"

	"markaz.example/devices/slip"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

// layout is what papers need to know besides what they are about.
type layout struct {
	centre Centre
	public string                             // scheme and host of the phone page
	zone   *time.Location                     // of the time on the paper
	width  int                                // dots
	text   func(l page.Lang, k string) string // the words of the pages, for codes that papers spell out
}

// fullWidth is the paper that the sizes below are given for: 80 mm at 203 dpi. Narrower paper shrinks them.
const fullWidth = 576

// smallest is 2 mm at 203 dpi: 18 dots an em.
const smallest = 18

// qrModule is the size of a code's dot: 0.6 mm is read by old phones at arm's length.
const (
	qrModule    = 5
	qrModuleMin = 4
)

func (l layout) dots(n int) int { return n * l.width / fullWidth }

// em is the size of a text; what would be too small to read on narrow paper is kept readable and wraps.
func (l layout) em(n int) int { return max(l.dots(n), smallest) }

// ticket lays out a visit's paper. The number and the room are read from across a hall, by people who know digits and
// letters but not words; it names neither a person nor a programme's amount. It is kept short: on a serial line at
// 115200 baud a centimetre of paper costs half a second.
func (l layout) ticket(s desk.Slip) slip.Doc {
	first, say := s.Stops[0].Service, l.speech(s.Lang)
	blocks := append(l.head(s.Reprint),
		slip.Text{Text: string(s.Token), Size: l.em(215), Bold: true, Fit: true},
		slip.Gap(l.dots(6)),
		say.own(slip.Text{Text: say.name(first), Size: l.em(56), Bold: true, Reverse: true, Fit: true}),
		slip.Gap(l.dots(4)),
		slip.Text{Text: say.second(first), Size: l.em(28), Bold: true},
	)
	blocks = append(blocks, l.further(say, s.Stops[1:])...)
	blocks = append(blocks, slip.Gap(l.dots(4)), slip.Rule{}, slip.Gap(l.dots(6)))
	blocks = append(blocks, l.facts(say, first.Room, s.Ahead)...)
	blocks = append(blocks, l.guidance(say, first)...)
	blocks = append(blocks, slip.Rule{}, slip.QR{
		Data: l.link(s.Code), Module: max(qrModuleMin, l.dots(qrModule)),
		Beside: say.own(slip.Text{Text: say.both("ticket.phone", "\n") + "\n" + l.when(s.Opened), Size: l.em(28)}),
	})
	return slip.Doc{Blocks: blocks}
}

// head is what every paper begins with: whose it is, and that it is a reprint if it is one.
func (l layout) head(reprint bool) []slip.Block {
	blocks := []slip.Block{
		slip.Text{Text: l.centre.NameUr, Size: l.em(34), Bold: true, Fit: true},
		slip.Text{Text: l.centre.NameEn, Size: l.em(20)},
		slip.Rule{Thick: 3}, slip.Gap(l.dots(8)),
	}
	if reprint {
		blocks = append(blocks, slip.Text{Text: "دوبارہ چھاپی گئی پرچی  REPRINT", Size: l.em(36), Bold: true, Reverse: true, Fit: true})
	}
	return blocks
}

// facts are the room, boxed, and the people ahead: digits as large as a thumb, their names beneath.
func (l layout) facts(say speech, room string, ahead int) []slip.Block {
	large := func(text string) slip.Text { return slip.Text{Text: text, Size: l.em(68), Bold: true} }
	name := func(key string) slip.Text { return say.own(slip.Text{Text: say.both(key, "  "), Size: l.em(24)}) }
	boxed := large(room)
	boxed.Reverse = true
	return []slip.Block{
		slip.Row{Left: large(fmt.Sprint(ahead)), Right: boxed},
		slip.Row{Left: name("ticket.ahead"), Right: name("ticket.room")},
	}
}

// further names the stops after the first, in order.
func (l layout) further(say speech, stops []desk.Stop) (blocks []slip.Block) {
	for _, s := range stops {
		blocks = append(blocks, slip.Row{
			Left:  slip.Text{Text: say.text(say.other, "ticket.then") + " " + say.second(s.Service), Size: l.em(24)},
			Right: say.own(slip.Text{Text: say.text(say.lang, "ticket.then") + " " + say.name(s.Service), Size: l.em(34)}),
		})
	}
	return blocks
}

// guidance is the way, and the papers to have ready.
func (l layout) guidance(say speech, s desk.Service) (blocks []slip.Block) {
	own, second := say.guide(say.lang, s), say.guide(say.other, s)
	for _, line := range []slip.Text{say.own(slip.Text{Text: own, Size: l.em(28)}), {Text: second, Size: l.em(20)}} {
		if line.Text != "" {
			blocks = append(blocks, line)
		}
	}
	if len(blocks) == 0 {
		return nil
	}
	return append([]slip.Block{slip.Gap(l.dots(4)), slip.Rule{}}, append(blocks, slip.Gap(l.dots(6)))...)
}

// both joins what there is of two texts.
func both(a, b, between string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + between + b
}

// link is the phone page, in capitals: a code then needs fewer dots.
func (l layout) link(c id.Code) string { return strings.ToUpper(l.public) + "/T/" + string(c) }

// when is the day and the hour; a clock nobody has set says nothing rather than something wrong.
func (l layout) when(at clock.Stamp) string {
	if at.Grade == clock.Unset {
		return "—"
	}
	return slip.Isolate(at.Time().In(l.zone).Format("2006-01-02  15:04"))
}
