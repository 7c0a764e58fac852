package slip_test

import (
	"fmt"

	"markaz.example/devices/slip"
)

// ticket is what a token slip says.
type ticket struct {
	CentreUrdu, Centre   string
	Token                string
	ServiceUrdu, Service string
	Room                 string
	Ahead                int
	Date, Time           string
	Link                 string // in capitals: a smaller code
}

// tokenSlip lays a ticket out for paper of the given width. Sizes are those of 80 mm paper and shrink with it.
// The number and the room are read from across a hall, by people who know digits and letters but not words.
func tokenSlip(t ticket, width int) slip.Doc {
	dots := func(n int) int { return n * width / 576 }
	thin, air := slip.Rule{}, slip.Gap(dots(10))
	fact := func(english, urdu string, value slip.Text) slip.Row {
		value.Size, value.Bold = dots(76), true
		return slip.Row{
			Left:   slip.Text{Text: english, Size: dots(28)},
			Middle: value,
			Right:  slip.Text{Text: urdu, Size: dots(44)},
		}
	}
	return slip.Doc{Blocks: []slip.Block{
		slip.Text{Text: t.CentreUrdu, Size: dots(48), Bold: true},
		slip.Text{Text: t.Centre, Size: dots(26)},
		air, slip.Rule{Thick: 3}, air,
		slip.Row{
			Left:  slip.Text{Text: "Your number", Size: dots(28)},
			Right: slip.Text{Text: "آپ کا نمبر", Size: dots(46)},
		},
		slip.Text{Text: t.Token, Size: dots(240), Bold: true, Fit: true},
		slip.Text{Text: t.ServiceUrdu, Size: dots(76), Bold: true, Reverse: true, Fit: true},
		air,
		slip.Text{Text: t.Service, Size: dots(34), Bold: true},
		air, thin, air,
		fact("Room", "کمرہ", slip.Text{Text: t.Room, Reverse: true}),
		air,
		fact("People ahead", "آپ سے پہلے", slip.Text{Text: fmt.Sprint(t.Ahead)}),
		air, thin,
		slip.QR{
			Data:   t.Link,
			Module: max(4, dots(6)),
			Beside: slip.Text{Text: "اپنی باری فون پر دیکھیں\nYour turn on your phone", Size: dots(30)},
		},
		slip.Rule{Dashed: true}, air,
		slip.Row{
			Left:  slip.Text{Text: t.Date, Size: dots(30), Bold: true},
			Right: slip.Text{Text: t.Time, Size: dots(30), Bold: true},
		},
	}}
}

func sampleTicket() ticket {
	return ticket{
		CentreUrdu: "احساس ون ونڈو مرکز، ملتان", Centre: "Ehsaas One Window Centre, Multan",
		Token:       "B042",
		ServiceUrdu: "کفالت وظیفہ", Service: "Kafaalat stipend",
		Room: "A", Ahead: 7,
		Date: "2026-11-21", Time: "09:41",
		Link: "HTTPS://MARKAZ.EXAMPLE/T/7F3K9Q2M4B",
	}
}

func ExampleComposer_Compose() {
	composer, err := slip.NewComposer()
	if err != nil {
		panic(err)
	}
	paper, err := composer.Compose(tokenSlip(sampleTicket(), 576), 576)
	if err != nil {
		panic(err)
	}
	fmt.Println(paper.Width, "dots wide, one bit each,", paper.Stride, "bytes a row")
	// Output: 576 dots wide, one bit each, 72 bytes a row
}
