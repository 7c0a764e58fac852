package anthropometry

import (
	"markaz.example/edge/book/growth"
	"markaz.example/edge/lms"
)

// again is what has to be read once more: a reading alone, or readings that do not agree. What a scale made sure of is
// enough.
func again(r growth.Readings, e Entry, l lms.Limits) (what []string) {
	for _, one := range []struct {
		name string
		of   growth.Readings
		n    int
	}{
		{"weight", growth.Readings{WeightsG: r.WeightsG}, len(r.WeightsG)},
		{"stature", growth.Readings{Statures: r.Statures}, len(r.Statures)},
		{"head", growth.Readings{Heads: r.Heads}, len(r.Heads)},
		{"arm", growth.Readings{Arms: r.Arms}, len(r.Arms)},
	} {
		_, err := one.of.Child(l)
		alone := one.n == 1 && (one.name != "weight" || len(e.Readings.WeightsG) == 1)
		if alone || err != nil {
			what = append(what, one.name)
		}
	}
	return what
}
