package box

import (
	"markaz.example/devices/slip"
	"markaz.example/edge/desk"
	"markaz.example/edge/web/page"
	"markaz.example/edge/web/station"
)

// title is the name of a paper in both languages, across its width.
func (l layout) title(ur, en string) []slip.Block {
	return []slip.Block{
		slip.Text{Text: ur, Size: l.em(48), Bold: true, Fit: true},
		slip.Text{Text: en, Size: l.em(26), Bold: true},
		slip.Gap(l.dots(6)),
	}
}

// fact is one line of a paper: what, and how much. The word stands in both languages, so that the clerk who hands the
// paper over and the person who takes it read the same line.
func (l layout) fact(ur, en, value string) slip.Block {
	return slip.Row{
		Left:  slip.Text{Text: slip.Isolate(value), Size: l.em(32), Bold: true},
		Right: slip.Text{Text: ur + "  " + slip.Isolate(en), Size: l.em(24)}, // or a bracket at its end goes to the front
	}
}

// spoken spells a code out in both languages.
func (l layout) spoken(key string) []slip.Block {
	return []slip.Block{
		slip.Text{Text: l.text(page.Urdu, key), Size: l.em(34), Bold: true},
		slip.Text{Text: l.text(page.English, key), Size: l.em(22)},
		slip.Gap(l.dots(4)),
	}
}

// service is what a paper is about.
func (l layout) service(s desk.Service) []slip.Block {
	return []slip.Block{
		slip.Text{Text: s.NameUr, Size: l.em(44), Bold: true, Reverse: true, Fit: true},
		slip.Gap(l.dots(4)),
		slip.Text{Text: s.NameEn, Size: l.em(26), Bold: true},
		slip.Gap(l.dots(6)),
	}
}

// receipt says what was done at one stop, where and when.
func (l layout) receipt(r desk.Receipt) slip.Doc {
	blocks := append(l.head(r.Reprint), l.title("رسید", "Receipt")...)
	blocks = append(blocks, l.service(r.Service)...)
	blocks = append(blocks, l.spoken("outcome."+r.Outcome)...)
	blocks = append(blocks, slip.Rule{}, slip.Gap(l.dots(6)),
		l.fact("نمبر", "Number", string(r.Token)),
		l.fact("کاؤنٹر", "Desk", string(r.Desk)),
		l.fact("وقت", "Time", l.when(r.At)),
	)
	if r.Case != "" {
		blocks = append(blocks, l.fact("کیس نمبر", "Case", r.Case.Spaced()))
	}
	return slip.Doc{Blocks: blocks}
}

// referral is a filed case as its owner takes it away: the reference, in digits and letters as large as a token, is all
// that she needs to ask after it. It does not say whose it is.
func (l layout) referral(r desk.Referral) slip.Doc {
	blocks := append(l.head(r.Reprint), l.title("کیس درج ہو گیا", "A case is filed")...)
	blocks = append(blocks, l.service(r.Service)...)
	blocks = append(blocks, l.spoken("finger.reason."+r.Reason)...)
	blocks = append(blocks,
		slip.Text{Text: "کیس نمبر  Case number", Size: l.em(26)},
		slip.Text{Text: r.Case.Spaced(), Size: l.em(120), Bold: true, Fit: true},
		slip.Gap(l.dots(6)), slip.Rule{}, slip.Gap(l.dots(6)),
		l.fact("مرکز", "Centre", string(l.centre.Code)),
		l.fact("نمبر", "Number", string(r.Token)),
		l.fact("تاریخ", "Date", r.Day),
		slip.Gap(l.dots(6)),
		slip.Text{Text: "یہ پرچی سنبھال کر رکھیں۔ مرکز آپ سے رابطہ کرے گا۔", Size: l.em(28)},
		slip.Text{Text: "Keep this paper. The centre will get in touch with you.", Size: l.em(20)},
	)
	return slip.Doc{Blocks: blocks}
}

// booking is an appointment: day and time as large as a token, and the pass, typed or shown at the kiosk, in digits and as
// a code that holds nothing else. Who comes is not on it.
func (l layout) booking(a desk.Appointment) slip.Doc {
	blocks := append(l.head(a.Reprint), l.title("آپ کا وقت", "Your appointment")...)
	blocks = append(blocks, l.service(a.Name)...)
	blocks = append(blocks,
		slip.Text{Text: slip.Isolate(a.Day), Size: l.em(90), Bold: true, Fit: true},
		slip.Text{Text: slip.Isolate(a.Clock()), Size: l.em(130), Bold: true, Fit: true},
		slip.Gap(l.dots(6)), slip.Rule{}, slip.Gap(l.dots(6)),
	)
	if a.Name.Room != "" {
		blocks = append(blocks, l.fact("کمرہ", "Room", a.Name.Room))
	}
	say := l.speech(a.Lang)
	blocks = append(blocks, l.guidance(say, a.Name)...)
	return slip.Doc{Blocks: append(blocks,
		slip.Text{Text: slip.Isolate(a.Pass.Spaced()), Size: l.em(84), Bold: true, Fit: true},
		slip.QR{Data: string(a.Pass), Module: max(qrModuleMin, l.dots(qrModule)), Beside: say.own(slip.Text{Text: say.both("ticket.booking", "\n"), Size: l.em(28)})},
	)}
}

// result is what was measured, one line for each, in the order in which it was taken. It says what was found and not what
// that means.
func (l layout) result(r desk.Result) slip.Doc {
	blocks := append(l.head(r.Reprint), l.title("پیمائش", "Measurements")...)
	for _, k := range r.Kept {
		e := k.Taken
		who, what := "measure.who."+e.Who, "measure.what."+e.What
		blocks = append(blocks, slip.Row{
			Left:  slip.Text{Text: slip.Isolate(station.Shown(e)), Size: l.em(44), Bold: true},
			Right: slip.Text{Text: l.pair(who, what), Size: l.em(26)},
		}, slip.Gap(l.dots(4)))
	}
	return slip.Doc{Blocks: append(blocks,
		slip.Rule{}, slip.Gap(l.dots(6)),
		l.fact("نمبر", "Number", string(r.Token)),
		l.fact("تاریخ", "Date", r.Day),
	)}
}

// pair is two texts beside each other, in both languages.
func (l layout) pair(a, b string) string {
	return l.text(page.Urdu, a) + " " + l.text(page.Urdu, b) + "  " + l.text(page.English, a) + " " + l.text(page.English, b)
}
