package scale

import (
	"fmt"
	"slices"
	"strings"
)

// decodeTanita reads the line that a Tanita scale sends when its display holds: pairs of a key and a value after an
// opening brace. Wg is grams and Wk kilograms, so the unit stands in the key; Hm is metres.
func decodeTanita(line []byte) (message, error) {
	text, ok := strings.CutPrefix(string(line), "{")
	f := strings.Split(text, ",")
	if !ok || !printable(text) || f[0] != "0" || len(f)%2 != 0 {
		return message{}, noLine(line)
	}
	values := map[string]string{}
	for pair := range slices.Chunk(f, 2) {
		if _, twice := values[pair[0]]; twice {
			return message{}, noLine(line)
		}
		values[pair[0]] = pair[1]
	}
	r, err := tanitaWeight(values)
	if err == nil {
		r.Millimetres, err = tanitaHeight(values)
	}
	if err != nil {
		return message{}, fmt.Errorf("%q: %w", line, err)
	}
	return message{kind: kindReading, reading: r}, nil
}

func tanitaWeight(values map[string]string) (Reading, error) {
	g, grams := values["Wg"]
	kg, kilograms := values["Wk"]
	switch {
	case grams && kilograms:
		return Reading{}, ErrFormat
	case grams:
		return weighed(g, string(Gram), OK)
	case kilograms:
		return weighed(kg, string(Kilogram), OK)
	}
	return Reading{}, ErrUnit
}

// tanitaHeight reads metres as millimetres: the same arithmetic as kilograms to grams.
func tanitaHeight(values map[string]string) (int64, error) {
	m, ok := values["Hm"]
	if !ok {
		return 0, nil
	}
	d, err := parseDecimal(m)
	if err != nil {
		return 0, err
	}
	return d.grams(Kilogram)
}

// decodeRiceLake reads nine columns of number, blank, unit of two, blank, mode of five, blank: sent on a key of the
// indicator, which waits for rest before it prints.
func decodeRiceLake(line []byte) (message, error) {
	if len(line) != 19 || line[9] != ' ' || line[12] != ' ' || line[18] != ' ' || !printable(string(line)) {
		return message{}, noLine(line)
	}
	r, err := weighed(signed(string(line[:9])), strings.Trim(string(line[10:12]), " "), OK)
	if err != nil {
		return message{}, fmt.Errorf("%q: %w", line, err)
	}
	return message{kind: kindReading, reading: r}, nil
}

func beginsNumber(b []byte) bool {
	return len(b) > 0 && strings.Trim(string(b[:min(len(b), 9)]), " +-.0123456789") == ""
}
