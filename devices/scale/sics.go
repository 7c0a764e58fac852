package scale

import (
	"fmt"
	"slices"
	"strings"
)

// sics is MT-SICS levels 0 and 1, which is also what KERN's protocol contains.
func sics() dialect {
	return dialect{
		split: splitLine, decode: decodeSICS, begins: beginsSICS,
		ask: []byte("SI\r\n"), cancel: []byte("@\r\n"), serial: []byte("I4\r\n"), zero: []byte("Z\r\n"), tare: []byte("T\r\n"),
	}
}

// sicsCommands are the commands whose replies we know; a reply begins with its command's name.
var sicsCommands = []string{
	"Z", "ZI", "T", "TI", "TA", "TAC", "D", "DW", "SR", "SIR", "I0", "I1", "I2", "I3", "I4", "M02", "M03", "M21",
}

// decodeSICS reads one line without its end. Column widths differ from model to model by a blank, so it goes by fields;
// exactly as many fields as the manual has, so that a line with a piece missing is no line.
func decodeSICS(line []byte) (message, error) {
	text := string(line)
	if !printable(text) {
		return message{}, noLine(line)
	}
	f := strings.Fields(text)
	switch {
	case len(f) == 1 && (f[0] == "ES" || f[0] == "ET" || f[0] == "EL"):
		return message{kind: kindRefusal, text: f[0]}, nil
	case len(f) >= 2 && f[0] == "S":
		return sicsWeight(line, f[1:])
	case len(f) >= 2 && slices.Contains(sicsCommands, f[0]) && len(f[1]) == 1:
		_, rest, _ := strings.Cut(strings.TrimLeft(strings.TrimPrefix(text, f[0]), " "), " ")
		return message{kind: kindReply, command: f[0], status: f[1], text: unquoted(strings.Trim(rest, " "))}, nil
	}
	return message{}, noLine(line)
}

// unquoted takes the quotes off a text that is all one quotation.
func unquoted(s string) string {
	if inner := strings.Trim(s, `"`); len(s) >= 2 && s == `"`+inner+`"` && !strings.Contains(inner, `"`) {
		return inner
	}
	return s
}

// sicsWeight reads what stands behind the S of a weight.
func sicsWeight(line []byte, f []string) (message, error) {
	status, carries := map[string]Status{"S": OK, "D": Moving, "I": Busy, "+": Overload, "-": Underload}[f[0]]
	switch {
	case !carries, !status.weighs() && len(f) > 1:
		return message{}, noLine(line)
	case !status.weighs():
		return message{kind: kindReading, reading: Reading{Status: status}}, nil
	case len(f) == 3 && f[1] == "Error":
		return message{kind: kindReading, reading: Reading{Status: Fault, Text: f[2]}}, nil
	case len(f) == 2:
		return message{}, bare(line, f[1])
	case len(f) != 3:
		return message{}, noLine(line)
	}
	r, err := weighed(f[1], f[2], status)
	if err != nil {
		return message{}, fmt.Errorf("%q: %w", line, err)
	}
	return message{kind: kindReading, reading: r}, nil
}

// bare tells a number without a unit from a line that is broken.
func bare(line []byte, number string) error {
	if _, err := parseDecimal(number); err != nil {
		return noLine(line)
	}
	return fmt.Errorf("%q: %w", line, ErrUnit)
}

func beginsSICS(b []byte) bool {
	for _, p := range []string{"S S ", "S D ", "S I", "S +", "S -", "I4 A ", "Z ", "T ", "ES", "ET", "EL"} {
		if agrees(b, p) {
			return true
		}
	}
	return false
}
