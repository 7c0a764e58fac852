package scale

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// hidUnits and hidStates are the report's numbers. Source: HID Point of Sale Usage Tables 1.02, section 4.
var (
	hidUnits  = map[byte]Unit{0x01: Milligram, 0x02: Gram, 0x03: Kilogram, 0x0b: Ounce, 0x0c: Pound}
	hidStates = map[byte]Status{1: Fault, 2: Zero, 3: Moving, 4: OK, 5: Underload, 6: Overload, 7: Fault, 8: Fault}
)

// DecodeHID reads a USB scale's report of 6 bytes, as /dev/hidrawN gives it: report number, status, unit, exponent of
// ten, value (little-endian). ErrUnit for a unit that is no mass here, ErrFormat for any other strangeness.
func DecodeHID(report []byte) (Reading, error) {
	if len(report) != 6 {
		return Reading{}, fmt.Errorf("report of %d bytes, not 6: %w", len(report), ErrFormat)
	}
	status, known := hidStates[report[1]]
	exponent := int(int8(report[3]))
	if !known || exponent < -5 || exponent > 3 {
		return Reading{}, fmt.Errorf("report % x: %w", report, ErrFormat)
	}
	digits := strconv.Itoa(int(binary.LittleEndian.Uint16(report[4:])))
	if exponent >= 0 {
		return weighed(digits+strings.Repeat("0", exponent), string(hidUnits[report[2]]), status)
	}
	digits = strings.Repeat("0", max(0, 1-exponent-len(digits))) + digits
	point := len(digits) + exponent
	return weighed(digits[:point]+"."+digits[point:], string(hidUnits[report[2]]), status)
}

// HeightLine reads a stadiometer's line, H or not, centimetres with one decimal, cm or not: "H 87.4cm", "87.4". The
// result is millimetres. The unit may be left out because the profile of such a line states it; more than one decimal
// or any other unit is ErrFormat.
func HeightLine(line []byte) (millimetres int64, err error) {
	text := strings.Trim(string(line), " ")
	text = strings.Trim(strings.TrimPrefix(text, "H"), " ")
	text = strings.Trim(strings.TrimSuffix(text, "cm"), " ")
	d, err := parseDecimal(text)
	if err != nil || d.decimals > 1 || d.digits < 0 {
		return 0, fmt.Errorf("%q: %w", line, ErrFormat)
	}
	if d.decimals == 0 {
		return 10 * d.digits, nil
	}
	return d.digits, nil
}
