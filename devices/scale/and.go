package scale

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// ack is A&D's and CAS's "yes", enq and dc1 the two questions of CAS's handshake.
const ack, enq, dc1 = 0x06, 0x05, 0x11

// and is A&D's standard format: the same lines whether the scale streams them or is asked. In a stream the commands work
// as well.
func and(asked bool) dialect {
	d := dialect{
		split: splitAnD, decode: decodeAnD, begins: beginsAnD,
		cancel: []byte("C\r\n"), zero: []byte("Z\r\n"), tare: []byte("T\r\n"),
	}
	if asked {
		d.ask = []byte("Q\r\n")
	}
	return d
}

// splitAnD knows, beside lines, the acknowledgement: one byte, with or without a line end of its own.
func splitAnD(buf []byte) (int, []byte) {
	if len(buf) > 0 && buf[0] == ack {
		return len(buf) - len(bytes.TrimPrefix(buf[1:], []byte("\r\n"))), buf[:1]
	}
	return splitLine(buf)
}

// andLimits is what a scale with comparison puts before or behind the header.
var andLimits = []string{"LO", "OK", "HI", "--"}

// decodeAnD reads one line without its end: header, comma, nine columns of number, three of unit. The widths are exact,
// so that a byte lost on the way is noticed.
func decodeAnD(line []byte) (message, error) {
	if len(line) == 1 && line[0] == ack {
		return message{kind: kindAck}, nil
	}
	text := string(line)
	if code, ok := strings.CutPrefix(text, "EC,E"); ok && len(code) == 2 && strings.Trim(code, "0123456789") == "" {
		return message{kind: kindRefusal, text: "E" + code}, nil
	}
	f := strings.Split(text, ",")
	if len(f) == 3 {
		f = slices.DeleteFunc(f, func(s string) bool { return slices.Contains(andLimits, s) })
	}
	if len(f) != 2 || len(f[1]) != 12 || f[1][0] != '+' && f[1][0] != '-' {
		return message{}, noLine(line)
	}
	return andWeight(line, f[0], f[1][:9], strings.TrimLeft(f[1][9:], " "))
}

// andWeight judges an overload by the header, not by its digits.
func andWeight(line []byte, header, number, unit string) (message, error) {
	status, known := map[string]Status{"ST": OK, "US": Moving, "OL": Overload}[header]
	switch {
	case header == "QT":
		return message{}, fmt.Errorf("%q: %w", line, ErrPieces)
	case !known:
		return message{}, noLine(line)
	case status == Overload && number[0] == '-':
		status = Underload
	}
	r, err := weighed(number, unit, status)
	if err != nil {
		return message{}, fmt.Errorf("%q: %w", line, err)
	}
	return message{kind: kindReading, reading: r}, nil
}

func beginsAnD(b []byte) bool {
	for _, p := range []string{"ST,", "US,", "OL,", "QT,", "EC,"} {
		if agrees(b, p) {
			return true
		}
	}
	return false
}
