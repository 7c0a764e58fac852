package growth

import (
	"slices"
	"strings"
	"testing"

	"markaz.example/edge/ledger/ledgertest"
	"markaz.example/edge/lms"
)

const visit = "K5QXG43UOVZGKZDT"

// generated is a child of no real person: wasted, its score for age on a birth date of which only the month is known.
func generated() Readings {
	return Readings{
		Sex: lms.Female, Age: lms.Months(14), WeightsG: []uint32{7200, 7210}, Statures: []uint32{741, 752, 743}, Heads: []uint32{446, 445},
		Arms: []uint32{118, 119}, Position: lms.Lying, Oedema: lms.OedemaNo,
		Instruments: []Instrument{{"scale/infant", "2026-11-01"}, {"board/2", ""}},
	}
}

func figures(tb testing.TB) *lms.Figures {
	tb.Helper()
	f, err := lms.BuiltIn()
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func measured(tb testing.TB) Measured {
	tb.Helper()
	e, _, err := Make(figures(tb), Place{visit, 1, "B"}, generated(), lms.DefaultLimits(), lms.Wasted)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func screened() Screened { return Screened{visit, 0, "B", []uint32{209, 208}, 208_500, 210, "low"} }

// whole is a value of every field, which depends on no arithmetic.
func whole() Measured {
	n := func(z int32) *int32 { return &z }
	return Measured{
		Visit: visit, Stop: 1, Desk: "B", Sex: Female, AgeDays: n(426), AgePrecision: AgeInMonths,
		WeightsG: []uint32{7200, 7210}, StaturesMM: []uint32{741, 752, 743}, HeadsMM: []uint32{446}, ArmsMM: []uint32{118, 119},
		WeightMG: 7_205_000, StatureUM: 742_000, HeadUM: 446_000, ArmUM: 118_500, Position: Standing, CorrectedUM: 749_000, TakenAs: Lying,
		UnderNine: true, Oedema: OedemaNo, WAZ: n(-221), HAZ: n(-101), WHZ: n(-233), BAZ: n(-235), HCZ: n(0), ACZ: n(-211),
		Flagged: []string{"haz"}, Doubts: []string{"wasted"}, Stunting: "normal", Underweight: "moderate", Wasting: "moderate", Overweight: "normal",
		OverweightBMI: "normal", ArmClass: "moderate", Acute: "moderate", ModerateBy: "weight-for-stature+muac", Figures: "who2006-caf93411",
		Instruments: []string{"scale/infant", "board/2"}, Calibrated: []string{"2026-11-01", ""},
	}
}

var frozen = []ledgertest.Frozen{
	{Kind: "growth.measured/1", Event: whole(), Body: "b82701704b355158473433554f565a474b5a44540201036142046666656d616c65051901aa06666d6f6e7468730782191c20191c2a08831902e51902f01902e709811901be0a82187618770b1a006df0880c1a000b52700d1a0006ce300e1a0001cee40f687374616e64696e67101a000b6dc811656c79696e6712f513626e6f1438dc1538641638e81738ea181800181938d2181a816368617a181b8166776173746564181c666e6f726d616c181d686d6f646572617465181e686d6f646572617465181f666e6f726d616c1820666e6f726d616c1821686d6f6465726174651822686d6f6465726174651823601824777765696768742d666f722d737461747572652b6d75616318257077686f323030362d63616639333431311826826c7363616c652f696e66616e7467626f6172642f321827826a323032362d31312d303160"},
	{Kind: "growth.screened/1", Event: screened(), Body: "a701704b355158473433554f565a474b5a44540200036142048218d118d0051a00032e740618d207636c6f77"},
	{Kind: "growth.insisted/1", Event: Insisted{visit, 1, "B", MeasuredAgain}, Body: "a401704b355158473433554f565a474b5a44540201036142046e6d656173757265642d616761696e"},
	{Kind: "growth.withdrawn/1", Event: Withdrawn{7, WrongPerson}, Body: "a20107026c77726f6e672d706572736f6e"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, Book(), frozen) }

func FuzzBody(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }

func TestChecks(t *testing.T) {
	far := int32(scoreMax + 1)
	for name, spoil := range map[string]func(*Measured){
		"no visit":               func(e *Measured) { e.Visit = "" },
		"no desk":                func(e *Measured) { e.Desk = "" },
		"no such stop":           func(e *Measured) { e.Stop = stopsMax },
		"no such sex":            func(e *Measured) { e.Sex = "1" },
		"an age of nobody":       func(e *Measured) { e.AgeDays = &far },
		"an age, and no word":    func(e *Measured) { e.AgePrecision = "" },
		"a word, and no age":     func(e *Measured) { e.AgeDays = nil },
		"a mean of nothing":      func(e *Measured) { e.WeightsG = nil },
		"readings without mean":  func(e *Measured) { e.ArmUM = 0 },
		"a mean outside":         func(e *Measured) { e.WeightMG = 7_211_000 },
		"too many readings":      func(e *Measured) { e.ArmsMM = slices.Repeat([]uint32{118}, readingsMax+1) },
		"a reading of 0":         func(e *Measured) { e.ArmsMM = []uint32{0, 118} },
		"an elephant":            func(e *Measured) { e.WeightsG = []uint32{7200, weightMaxG + 1} },
		"a position of its own":  func(e *Measured) { e.Position = "l" },
		"corrected by a foot":    func(e *Measured) { e.CorrectedUM += 1 },
		"corrected, to neither":  func(e *Measured) { e.TakenAs = "" },
		"a doubt about feet":     func(e *Measured) { e.Oedema = "perhaps" },
		"a score beyond sense":   func(e *Measured) { e.WAZ = &far },
		"a flag of nothing":      func(e *Measured) { e.Flagged = []string{"bmi"} },
		"a flag twice":           func(e *Measured) { e.Flagged = []string{"waz", "waz"} },
		"a doubt unheard of":     func(e *Measured) { e.Doubts = []string{"odd"} },
		"a class unheard of":     func(e *Measured) { e.Stunting = "bad" },
		"a criterion of its own": func(e *Measured) { e.SevereBy = "oedema+muac" },
		"no figures":             func(e *Measured) { e.Figures = "" },
		"figures of a novel":     func(e *Measured) { e.Figures = strings.Repeat("x", figuresBytesMax+1) },
		"a date short":           func(e *Measured) { e.Calibrated = e.Calibrated[:1] },
		"an instrument nameless": func(e *Measured) { e.Instruments = []string{"", "board/2"} },
		"calibrated yesterday":   func(e *Measured) { e.Calibrated = []string{"yesterday", ""} },
		"nothing measured":       func(e *Measured) { *e = Measured{Visit: visit, Desk: "B", Figures: "x"} },
	} {
		e := whole()
		spoil(&e)
		if e.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	for name, spoil := range map[string]func(*Screened){
		"no arm": func(e *Screened) { e.ArmsMM, e.ArmUM = nil, 0 }, "no cut-off": func(e *Screened) { e.CutOffMM = 0 },
		"another verdict": func(e *Screened) { e.Class = "normal" }, "a child's verdict": func(e *Screened) { e.Class = "severe" },
	} {
		e := screened()
		spoil(&e)
		if e.Check() == nil {
			t.Errorf("screened, %s: accepted", name)
		}
	}
	if (Withdrawn{0, Misread}).Check() == nil || (Withdrawn{1, ""}).Check() == nil {
		t.Error("withdrawn nothing, or for no reason: accepted")
	}
}
