package lms

// Table is one of WHO's tables.
type Table uint8

// In the order of the file.
const (
	WFA   Table = iota // weight (kg) by age in days
	LHFA               // length or height (cm) by age in days
	BMIFA              // body mass index (kg/m2) by age in days
	HCFA               // head circumference (cm) by age in days
	ACFA               // arm circumference (cm) by age in days
	SSFA               // subscapular skinfold (mm) by age in days
	TSFA               // triceps skinfold (mm) by age in days
	WFL                // weight (kg) by length in tenths of a centimetre
	WFH                // weight (kg) by height in tenths of a centimetre

	// Tables is how many there are.
	Tables = int(WFH) + 1
)

// codes are the tables' names in files.
var codes = [Tables]string{"wfa", "lhfa", "bmifa", "hcfa", "acfa", "ssfa", "tsfa", "wfl", "wfh"}

// String is the table's name in files: "wfa".
func (t Table) String() string {
	if int(t) >= Tables {
		return "none"
	}
	return codes[t]
}

// ByStature reports whether the table goes by length or height and not by age.
func (t Table) ByStature() bool { return t >= WFL }

// Row is the figures at one age or stature, as they are published: whole numbers of their last decimal.
type Row struct {
	L int32 // power, in 1/10,000
	M int32 // median, in 1/10,000 of the table's unit
	S int32 // coefficient of variation, in 1/100,000
}

const (
	perL = 1e4
	perM = 1e4
	perS = 1e5
)

// params are exact: a whole number divided by a power of ten is the number that the decimal text means.
func (r Row) params() params {
	return params{float64(r.L) / perL, float64(r.M) / perM, float64(r.S) / perS}
}

// Curve is one table of one sex, a row for each day or tenth of a centimetre from First on, without gaps.
type Curve struct {
	First int32
	Rows  []Row
}

// Last is the last key that has a row.
func (c Curve) Last() int32 { return c.First + int32(len(c.Rows)) - 1 }

// Figures are all tables, and where they are from. They do not change once they are read; any goroutine may use them.
type Figures struct {
	Version string // "who2006-" and the start of the body's hash; kept with every score
	Source  string // who published the figures, to be shown with them
	Terms   string // under which they may be passed on

	curves [Tables][2]Curve
}

// Curve is one table of one sex. It is empty for a sex that has none.
func (f *Figures) Curve(t Table, s Sex) Curve {
	if int(t) >= Tables || s != Male && s != Female {
		return Curve{}
	}
	return f.curves[t][s-Male]
}

// day finds the figures of an age in days.
func (f *Figures) day(t Table, s Sex, days int32) (params, bool) {
	c := &f.curves[t][s-Male]
	i := int(days) - int(c.First)
	if i < 0 || i >= len(c.Rows) {
		return params{}, false
	}
	return c.Rows[i].params(), true
}

// stature finds the figures of a length or height; between two rows it goes straight from one to the other.
func (f *Figures) stature(t Table, s Sex, l Length) (params, bool) {
	c := &f.curves[t][s-Male]
	i, rest := int(l/tenth)-int(c.First), l%tenth
	if i < 0 || i >= len(c.Rows) || rest > 0 && i+1 >= len(c.Rows) {
		return params{}, false
	}
	p := c.Rows[i].params()
	if rest == 0 {
		return p, true
	}
	q, part := c.Rows[i+1].params(), float64(rest)/float64(tenth)
	return params{p.l + part*(q.l-p.l), p.m + part*(q.m-p.m), p.s + part*(q.s-p.s)}, true
}

// Measure is what a child whose score is k measures, in the table's unit: the line of a chart. At is days, or a stature in
// tenths of a centimetre. It is false outside of the table.
func (f *Figures) Measure(t Table, s Sex, at int32, k float64) (float64, bool) {
	if int(t) >= Tables || s != Male && s != Female {
		return 0, false
	}
	p, ok := f.day(t, s, at)
	if !ok {
		return 0, false
	}
	if k > 3 || k < -3 {
		return 0, false
	}
	return p.sd(k), true
}
