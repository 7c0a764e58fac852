package box

import (
	"fmt"
	"path/filepath"
	"testing"

	"markaz.example/devices/slip"
	"markaz.example/edge/anthropometry"
	"markaz.example/edge/book/growth"
	"markaz.example/edge/chart"
	"markaz.example/edge/desk"
	"markaz.example/edge/lms"
)

// The child here never was. The pictures are looked at by people; the test keeps them as they were found good.
func TestGrowthSheetsLookAsTheyDid(t *testing.T) {
	figures, err := lms.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	composer, err := slip.NewComposer()
	if err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{576, 384} {
		for name, sheet := range map[string]anthropometry.Sheet{
			"growth-first":  firstGrowth(),
			"growth-series": seriesOfGrowth(),
			"growth-no-sex": {Token: "N043", Day: "2026-11-27", Kept: growth.Kept{Measured: growth.Measured{WeightMG: 9_150_000, ArmUM: 131_000}}, Reprint: true},
		} {
			t.Run(fmt.Sprint(name, "-", width), func(t *testing.T) {
				doc, err := sheets(t, width).growthSheet(sheet, figures)
				if err != nil {
					t.Fatal(err)
				}
				got, err := composer.Compose(doc, width)
				if err != nil {
					t.Fatal(err)
				}
				goldenPicture(t, filepath.Join("testdata/sheet", fmt.Sprintf("%s-%d.png", name, width)), got)
			})
		}
	}
}

// firstGrowth is a wasted girl on her first visit, who goes to the doctor next.
func firstGrowth() anthropometry.Sheet {
	e := growth.Measured{WeightMG: 7_885_000, StatureUM: 795_000, ArmUM: 113_500, HeadUM: 452_000}
	return anthropometry.Sheet{
		Token: "N001", Day: "2026-11-27", Kept: growth.Kept{Measured: e}, Sex: lms.Female,
		Points: []chart.Measured{{Age: lms.Age{Days: 562, Precision: lms.AgeExact}, Weight: 7_885 * lms.Gram}},
		Next: []desk.Service{
			{Code: "treatment", NameUr: "ڈاکٹر", NameEn: "Doctor"}, {Code: "check-up", NameUr: "معائنہ", NameEn: "Check-up"},
			{Code: "payment", NameUr: "رقم کی وصولی", NameEn: "Payments"},
		},
	}
}

// seriesOfGrowth is a boy who falls behind and catches up; one weight was doubted.
func seriesOfGrowth() anthropometry.Sheet {
	s := anthropometry.Sheet{
		Token: "N042", Day: "2026-11-27", Sex: lms.Male,
		Kept: growth.Kept{Measured: growth.Measured{WeightMG: 12_300_000, StatureUM: 893_000}},
	}
	for i, grams := range []lms.Mass{4_100, 6_300, 7_400, 7_700, 7_900, 9_400, 10_600, 12_300} {
		s.Points = append(s.Points, chart.Measured{Age: lms.Months(1 + 4*i), Weight: grams * lms.Gram, Doubted: i == 4})
	}
	return s
}
