package growth

import (
	"fmt"

	book "markaz.example/edge/book/growth"
	"markaz.example/edge/web/page"
)

// verdict is what a measurement comes to.
type verdict struct {
	Seq       uint64
	Facts     []fact
	Scores    []score
	Class     string // what is told first: see told
	ByStature string
	ByArm     string
	Oedema    string
	Others    []fact // stunting, underweight, overweight that are not normal
	Estimated string // precision of the birth date when it is not exact
	Concerns  []string
	Next      []page.Name
}

type fact struct{ Key, Value string }

type score struct {
	Key, Value string
	Flagged    bool
}

func verdictOf(e book.Measured) verdict {
	v := verdict{Class: told(e), Others: others(e), ByStature: e.Wasting, ByArm: e.ArmClass, Oedema: e.Oedema}
	for _, one := range []struct {
		key  string
		text string
		is   uint32
	}{
		{"growth.weight", kilograms(e.WeightMG), e.WeightMG}, {"growth.stature", tenths(e.StatureUM), e.StatureUM},
		{"growth.arm", fmt.Sprintf("%.1f mm", float64(e.ArmUM)/1e3), e.ArmUM}, {"growth.head", tenths(e.HeadUM), e.HeadUM},
	} {
		if one.is > 0 {
			v.Facts = append(v.Facts, fact{one.key, one.text})
		}
	}
	if e.CorrectedUM != e.StatureUM {
		v.Facts = append(v.Facts, fact{"growth.corrected", tenths(e.CorrectedUM)})
	}
	v.scores(e)
	if e.AgePrecision != book.AgeExact {
		v.Estimated = e.AgePrecision
		if e.AgePrecision == "" {
			v.Estimated = "unknown"
		}
	}
	return v
}

// watch is told of a child whom nothing acute is wrong with, and who is short, light or heavy: she is not growing well.
const watch = "watch"

// told is the acute class, watch, or "unclassed".
func told(e book.Measured) string {
	switch {
	case e.Acute == "":
		return "unclassed"
	case e.Acute == "normal" && len(others(e)) > 0:
		return watch
	}
	return e.Acute
}

// others are what is not acute and not as it should be.
func others(e book.Measured) (out []fact) {
	for _, one := range []fact{{"stunting", e.Stunting}, {"underweight", e.Underweight}, {"overweight", e.Overweight}} {
		if one.Value != "" && one.Value != "normal" {
			out = append(out, fact{"growth." + one.Key + "." + one.Value, ""})
		}
	}
	return out
}

func (v *verdict) scores(e book.Measured) {
	flagged := map[string]bool{}
	for _, f := range e.Flagged {
		flagged[f] = true
	}
	for _, one := range []struct {
		name string
		z    *int32
	}{{"waz", e.WAZ}, {"haz", e.HAZ}, {"whz", e.WHZ}, {"baz", e.BAZ}, {"hcz", e.HCZ}, {"acz", e.ACZ}} {
		if one.z != nil {
			v.Scores = append(v.Scores, score{"growth.score." + one.name, fmt.Sprintf("%+.2f", float64(*one.z)/100), flagged[one.name]})
		}
	}
}

// kilograms writes milligrams to ten grams, tenths micrometres to a millimetre.
func kilograms(mg uint32) string { return fmt.Sprintf("%.2f kg", float64(mg)/1e6) }
func tenths(um uint32) string    { return fmt.Sprintf("%.1f cm", float64(um)/1e4) }
