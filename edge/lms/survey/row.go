package survey

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"markaz.example/edge/lms"
)

// Columns are the columns that are read, in any order.
var Columns = []string{"sex", "age_days", "weight_kg", "lenhei_cm", "measure", "headc_cm", "muac_cm", "oedema"}

// Added are the columns that are written behind those that came.
var Added = []string{
	"corrected_cm", "bmi", "waz", "haz", "whz", "baz", "hcz", "acz",
	"waz_flag", "haz_flag", "whz_flag", "baz_flag", "hcz_flag", "acz_flag", "under9_flag",
	"stunting", "underweight", "wasting", "overweight", "overweight_bmi", "muac_class",
	"acute", "acute_severe_by", "acute_moderate_by", "error",
}

// scored are the indicators that have columns.
var scored = []lms.Indicator{
	lms.WeightForAge, lms.StatureForAge, lms.WeightForStature, lms.BMIForAge, lms.HeadForAge, lms.ArmForAge,
}

// readers put one column into a child, in the order of Columns.
var readers = []func(*lms.Child, string) error{
	readSex, readAge, readWeight, readStature, readPosition, readHead, readArm, readOedema,
}

func readSex(c *lms.Child, s string) error {
	switch s {
	case "1", "m", "M":
		c.Sex = lms.Male
	case "2", "f", "F":
		c.Sex = lms.Female
	default:
		return fmt.Errorf("%q: write 1 or m for male, 2 or f for female, or leave it empty", s)
	}
	return nil
}

func readAge(c *lms.Child, s string) error {
	const places = 1
	tenths, beyond, err := fixed(s, places, ageMaxDays)
	switch {
	case err != nil || tenths%10 != 0:
		return fmt.Errorf("%q: write whole days since birth, such as 365", s)
	case beyond:
		return fmt.Errorf("%q: more than %d days; write days since birth, not a date", s, ageMaxDays)
	case tenths < 0:
		return fmt.Errorf("%q: measured before birth; look at both dates", s)
	}
	c.Age = lms.Age{Days: int32(tenths / 10), Precision: lms.AgeExact}
	return nil
}

func readWeight(c *lms.Child, s string) error {
	n, beyond, err := fixed(s, 6, weightMaxKG)
	if err != nil {
		return fmt.Errorf("%q %w", s, err)
	}
	if beyond {
		return fmt.Errorf("%q: more than %d kg; write kilograms, such as 7.9", s, weightMaxKG)
	}
	c.Weight = lms.Mass(n)
	return nil
}

func readStature(c *lms.Child, s string) error {
	return readLength(&c.Stature, s, statureMaxCM, "75.3")
}

func readHead(c *lms.Child, s string) error { return readLength(&c.Head, s, roundMaxCM, "46.2") }

func readArm(c *lms.Child, s string) error { return readLength(&c.Arm, s, roundMaxCM, "12.4") }

func readLength(to *lms.Length, s string, most int64, example string) error {
	n, beyond, err := fixed(s, 4, most)
	if err != nil {
		return fmt.Errorf("%q %w", s, err)
	}
	if beyond {
		return fmt.Errorf("%q: more than %d cm; write centimetres, such as %s", s, most, example)
	}
	*to = lms.Length(n)
	return nil
}

func readPosition(c *lms.Child, s string) error {
	switch s {
	case "l", "L":
		c.Position = lms.Lying
	case "h", "H":
		c.Position = lms.Standing
	default:
		return fmt.Errorf("%q: write l for lying, h for standing, or leave it empty", s)
	}
	return nil
}

func readOedema(c *lms.Child, s string) error {
	switch s {
	case "y", "Y":
		c.Oedema = lms.OedemaYes
	case "n", "N":
		c.Oedema = lms.OedemaNo
	default:
		return fmt.Errorf("%q: write y, n, or leave it empty", s)
	}
	return nil
}

// places is where each of Columns stands in a file.
type places []int

// findColumns reads the header.
func findColumns(header []string) (places, error) {
	for i, name := range header {
		header[i] = strings.TrimSpace(name)
	}
	if len(header) > columnsMax {
		return nil, fmt.Errorf("the header has %d columns: at most %d", len(header), columnsMax)
	}
	for _, name := range Added {
		if slices.Contains(header, name) {
			return nil, fmt.Errorf("the header has a column %q, which this program writes: rename it or take it out", name)
		}
	}
	var p places
	for _, name := range Columns {
		i := slices.Index(header, name)
		if i < 0 {
			return nil, fmt.Errorf("the header has no column %q: want %s, in any order, separated by commas; a column may be empty", name, strings.Join(Columns, ","))
		}
		if slices.Contains(header[i+1:], name) {
			return nil, fmt.Errorf("the header has column %q twice: take one out", name)
		}
		p = append(p, i)
	}
	return p, nil
}

// child reads one row. The error names the column and says what to write.
func (p places) child(fields []string) (c lms.Child, err error) {
	for i, read := range readers {
		text := strings.TrimSpace(fields[p[i]])
		if empty(text) {
			continue
		}
		if err := read(&c, text); err != nil {
			return c, fmt.Errorf("column %s: %w", Columns[i], err)
		}
	}
	return c, nil
}

// appendResults writes what follows from one child, in the order of Added but for the error.
func appendResults(b []byte, a *lms.Assessment) []byte {
	b = append(b, ',')
	if n := a.Stature.Corrected; n > 0 {
		b = appendFixed(b, int64(n), 4)
	}
	b = append(b, ',')
	if a.BMI > 0 {
		b = appendHundredths(b, a.BMI)
	}
	for _, i := range scored {
		b = append(b, ',')
		if s := a.Scores[i]; s.Known() {
			b = appendHundredths(b, int64(s.Hundredths))
		}
	}
	for _, i := range scored {
		b = append(b, ',')
		if s := a.Scores[i]; s.Known() {
			b = appendBit(b, s.Flagged)
		}
	}
	b = append(b, ',')
	if a.Stature.Corrected > 0 {
		b = appendBit(b, a.Stature.UnderNine)
	}
	k := &a.Classes
	for _, class := range [...]lms.Class{k.Stunting, k.Underweight, k.Wasting, k.Overweight, k.OverweightBMI, k.Arm, k.Acute} {
		b = append(append(b, ','), class.String()...)
	}
	b = append(append(b, ','), k.Severe.String()...)
	return append(append(b, ','), k.Moderate.String()...)
}

func appendBit(b []byte, set bool) []byte {
	if set {
		return append(b, '1')
	}
	return append(b, '0')
}

// appendHundredths writes -205 as -2.05.
func appendHundredths(b []byte, n int64) []byte {
	if n < 0 {
		b = append(b, '-')
	}
	n = max(n, -n)
	b = strconv.AppendInt(b, n/100, 10)
	return append(b, '.', byte('0'+n/10%10), byte('0'+n%10))
}

// appendFixed writes a whole number with its last places behind a point, and no zeros at the end but one: 75.3.
func appendFixed(b []byte, n int64, places int) []byte {
	scale := int64(1)
	for range places {
		scale *= 10
	}
	b = append(strconv.AppendInt(b, n/scale, 10), '.')
	part := n % scale
	for first := true; first || part > 0; first = false {
		scale /= 10
		b = append(b, byte('0'+part/scale))
		part %= scale
	}
	return b
}
