package page

import (
	"slices"
	"strings"

	"markaz.example/sync/fleet"
	"markaz.example/sync/fleet/district"
)

// row is one centre in the list.
type row struct {
	fleet.Centre
	Place string // code of its district, or offMap
	Where string // its district in words
	Text  string // what is searched, in small letters
}

// newRow is a centre's row; d is the zero value when its district is not on the map.
func newRow(l Lang, c fleet.Centre, d district.District) row {
	r := row{Centre: c, Place: d.Code, Where: pick(l, d.Name, d.NameUR)}
	if d.Code == "" {
		r.Place, r.Where = offMap, c.District
	}
	r.Text = strings.ToLower(strings.Join([]string{string(c.Code), c.Name, c.NameUR, c.District, d.Name, d.NameUR, d.Code}, " "))
	return r
}

// tile is one district on the map.
type tile struct {
	district.District
	Lang    Lang
	Centres int
	State   fleet.State // most urgent of its centres; empty without any
	Marks   []fleet.Mark
	texts   texts
}

func (t *tile) add(c fleet.Centre) {
	if t.Centres++; t.State == "" || c.State.Urgency() < t.State.Urgency() {
		t.State = c.State
	}
	for _, m := range c.Marks {
		if !slices.Contains(t.Marks, m) {
			t.Marks = append(t.Marks, m)
		}
	}
}

// Words is what the tile says, for those who do not see it and for the line below the map: "Lahore, Punjab: 2 centres,
// the most urgent Forked. Cash out".
func (t tile) Words() string {
	comma := pick(t.Lang, ", ", "، ")
	out := pick(t.Lang, t.Name, t.NameUR) + comma + t.texts.Sentence("region."+t.Region) + ": "
	switch t.Centres {
	case 0:
		return out + t.texts.Sentence("tile.none")
	case 1:
		out += t.texts.Sentence("tile.one") + comma
	default:
		out += t.texts.Plain("tile.many", t.Centres) + " "
	}
	words := []string{t.texts.Sentence("state." + string(t.State))}
	for _, m := range t.Marks {
		words = append(words, t.texts.Sentence("mark."+string(m)))
	}
	return out + strings.Join(words, comma)
}
