package growth

import "slices"

// twice is what is read twice, and a third time when the two differ.
type twice struct {
	Name   string
	Values []place
}

type place struct {
	Place int
	Text  string
	Shown bool
}

// Twice are the fields of the form: weight, stature, head, arm.
func (p growthPage) Twice() (out []twice) {
	c := p.Child
	for _, one := range []struct {
		name   string
		values []string
	}{{"weight", c.Form.Weights}, {"stature", c.Form.Statures}, {"head", c.Form.Heads}, {"arm", c.Form.Arms}} {
		t := twice{Name: one.name}
		for i, text := range one.values {
			t.Values = append(t.Values, place{i + 1, text, c.Has(one.name) || one.values[2] != ""})
		}
		out = append(out, t)
	}
	return out
}

// Has tells whether something has to be read once more.
func (c child) Has(what string) bool { return slices.Contains(c.Again, what) }
