package growth

import (
	"net/url"
	"strconv"
	"strings"

	"markaz.example/edge/anthropometry"
	"markaz.example/edge/id"
	"markaz.example/edge/lms"
	"markaz.example/edge/measure"
)

// asked is what an address or a form says is in hand.
type asked struct {
	Person  id.Person
	From    uint64 // record after which the child is on the scale; 0: it is not
	Instead uint64 // record of a measurement that is corrected; 0 for none
	Tab     string // which curve
}

func askedOf(q url.Values) asked {
	a := asked{Person: id.Person(cut(q.Get("of"))), Tab: tabs[0].code}
	a.From, _ = strconv.ParseUint(q.Get("from"), 10, 63)
	a.Instead, _ = strconv.ParseUint(q.Get("instead"), 10, 63)
	for _, t := range tabs {
		if q.Get("tab") == t.code {
			a.Tab = t.code
		}
	}
	return a
}

// form is what was typed, to be shown again.
type form struct {
	Weights, Statures, Heads, Arms []string // as many as there are fields
	Position, Oedema, Insist       string
}

// Fields of each thing: two readings, and a third when they differ.
const fields = 3

func formOf(v url.Values) form {
	return form{
		Weights: typed(v["weight"]), Statures: typed(v["stature"]), Heads: typed(v["head"]), Arms: typed(v["arm"]),
		Position: cut(v.Get("position")), Oedema: cut(v.Get("oedema")), Insist: cut(v.Get("insist")),
	}
}

func typed(all []string) []string {
	out := make([]string, fields)
	for i, s := range all[:min(len(all), fields)] {
		out[i] = cut(s)
	}
	return out
}

// cut bounds a text and keeps it one that can be written into a page.
func cut(s string) string { return strings.ToValidUTF8(s[:min(len(s), typedBytesMax)], "") }

// entry is what was typed as the hall takes it. It reports a *measure.Problem.
func (f form) entry(a asked) (e anthropometry.Entry, err error) {
	e = anthropometry.Entry{Weighed: a.From, Instead: a.Instead, Insist: f.Insist}
	r := &e.Readings
	for _, one := range []struct {
		to    *[]uint32
		from  []string
		parse func(string) (int, error)
	}{
		{&r.WeightsG, f.Weights, measure.ParseKilograms}, {&r.Statures, f.Statures, measure.ParseCentimetres},
		{&r.Heads, f.Heads, measure.ParseCentimetres}, {&r.Arms, f.Arms, measure.ParseMillimetres},
	} {
		if *one.to, err = numbers(one.from, one.parse); err != nil {
			return e, err
		}
	}
	r.Position = map[string]lms.Position{"lying": lms.Lying, "standing": lms.Standing}[f.Position]
	r.Oedema = map[string]lms.Oedema{"no": lms.OedemaNo, "yes": lms.OedemaYes}[f.Oedema]
	return e, nil
}

// numbers reads the fields that are not empty.
func numbers(texts []string, parse func(string) (int, error)) (out []uint32, err error) {
	for _, s := range texts {
		if strings.TrimSpace(s) == "" {
			continue
		}
		n, err := parse(s)
		if err != nil {
			return nil, err
		}
		out = append(out, uint32(n))
	}
	return out, nil
}
