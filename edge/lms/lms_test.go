package lms_test

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"markaz.example/edge/lms"
)

func builtIn(tb testing.TB) *lms.Figures {
	tb.Helper()
	f, err := lms.BuiltIn()
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func date(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func days(n int) lms.Age { return lms.Age{Days: int32(n), Precision: lms.AgeExact} }

func mm(n int) lms.Length { return lms.Length(n) * lms.Millimetre }

// number reads a decimal as millionths for weights and ten-thousandths for lengths.
func number(t *testing.T, text string, scale float64) int32 {
	t.Helper()
	if text == "" {
		return 0
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return int32(math.Round(n * scale))
}

func child(t *testing.T, row []string) lms.Child {
	t.Helper()
	c := lms.Child{
		Sex:    map[string]lms.Sex{"1": lms.Male, "2": lms.Female}[row[0]],
		Weight: lms.Mass(number(t, row[2], 1e6)), Stature: lms.Length(number(t, row[3], 1e4)),
		Position: map[string]lms.Position{"l": lms.Lying, "h": lms.Standing}[row[4]],
		Head:     lms.Length(number(t, row[5], 1e4)), Arm: lms.Length(number(t, row[6], 1e4)),
		Oedema: map[string]lms.Oedema{"y": lms.OedemaYes, "n": lms.OedemaNo}[row[7]],
	}
	if row[1] != "" {
		c.Age = days(int(number(t, row[1], 1)))
	}
	return c
}

// The vectors were made by testdata/vectors.py, which shares nothing with this package.
func TestVectors(t *testing.T) {
	f := builtIn(t)
	file, err := os.Open("testdata/vectors.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for line, row := range rows[1:] {
		c := child(t, row)
		a := f.Assess(c)
		want := func(name, got string) {
			if row[column[name]] != got {
				t.Errorf("line %d, %+v: %s is %q, want %q", line+2, c, name, got, row[column[name]])
			}
		}
		for i := lms.WeightForAge; i <= lms.ArmForAge; i++ {
			want(i.String(), hundredths(a.Scores[i]))
			want(i.String()+"_flag", bit(a.Scores[i].Known(), a.Scores[i].Flagged))
		}
		k := a.Classes
		want("under9_flag", bit(a.Stature.Corrected > 0, a.Stature.UnderNine))
		want("stunting", k.Stunting.String())
		want("underweight", k.Underweight.String())
		want("wasting", k.Wasting.String())
		want("overweight", k.Overweight.String())
		want("overweight_bmi", k.OverweightBMI.String())
		want("muac_class", k.Arm.String())
		want("acute", k.Acute.String())
		want("acute_severe_by", k.Severe.String())
		want("acute_moderate_by", k.Moderate.String())
	}
}

func hundredths(s lms.Score) string {
	if !s.Known() {
		return ""
	}
	return strconv.FormatFloat(float64(s.Hundredths)/100, 'f', 2, 64)
}

func bit(known, set bool) string {
	switch {
	case !known:
		return ""
	case set:
		return "1"
	}
	return "0"
}

// The public values that growth surveyors know.
func TestSpotChecks(t *testing.T) {
	f := builtIn(t)
	for _, tt := range []struct {
		c       lms.Child
		i       lms.Indicator
		z       int32
		flagged bool
		stature lms.Length
	}{
		{lms.Child{Sex: lms.Male, Age: days(987), Stature: 728_600, Position: lms.Lying}, lms.StatureForAge, -609, true, 721_600},
		{lms.Child{Sex: lms.Female, Age: days(1522), Weight: 17 * lms.Kilogram}, lms.WeightForAge, 24, false, 0},
		{lms.Child{Sex: lms.Female, Age: lms.Months(24), Stature: mm(775), Position: lms.Standing}, lms.StatureForAge, -255, false, mm(775)},
		{lms.Child{Sex: lms.Female, Age: lms.Months(24), Stature: mm(775)}, lms.StatureForAge, -255, false, mm(775)},
		{lms.Child{Sex: lms.Male, Age: lms.Months(8), Stature: mm(600), Position: lms.Standing}, lms.StatureForAge, -481, false, mm(600)},
		{lms.Child{Sex: lms.Male, Age: lms.Months(9), Stature: mm(600), Position: lms.Standing}, lms.StatureForAge, -502, false, mm(607)},
		{lms.Child{Sex: lms.Female, Age: days(365), Weight: 9 * lms.Kilogram}, lms.WeightForAge, 5, false, 0},
	} {
		a := f.Assess(tt.c)
		s := a.Scores[tt.i]
		if s.Hundredths != tt.z || !s.Known() || s.Flagged != tt.flagged || a.Stature.Corrected != tt.stature {
			t.Errorf("%+v: %s %+v, stature %d; want %d, %t, %d", tt.c, tt.i, s, a.Stature.Corrected, tt.z, tt.flagged, tt.stature)
		}
		if under := tt.c.Age.Days < 274 && tt.c.Position == lms.Standing; a.Stature.UnderNine != under {
			t.Errorf("%+v: under nine months: %t", tt.c, a.Stature.UnderNine)
		}
	}
}

// Why there is no score is told, each reason in its turn.
func TestWhyNot(t *testing.T) {
	f := builtIn(t)
	whole := lms.Child{Sex: lms.Male, Age: days(400), Weight: 9 * lms.Kilogram, Stature: mm(760), Head: mm(460), Arm: mm(140), Triceps: mm(8), Subscapular: mm(6)}
	for name, tt := range map[string]struct {
		spoil func(*lms.Child)
		i     lms.Indicator
		want  lms.Why
	}{
		"all is there":             {func(*lms.Child) {}, lms.TricepsForAge, lms.Scored},
		"fold below the shoulder":  {func(*lms.Child) {}, lms.SubscapularForAge, lms.Scored},
		"no weight":                {func(c *lms.Child) { c.Weight = 0 }, lms.WeightForStature, lms.NotMeasured},
		"a weight below nothing":   {func(c *lms.Child) { c.Weight = -5 }, lms.WeightForAge, lms.NotMeasured},
		"no length":                {func(c *lms.Child) { c.Stature = 0 }, lms.BMIForAge, lms.NotMeasured},
		"no length by which":       {func(c *lms.Child) { c.Stature = 0 }, lms.WeightForStature, lms.NotMeasured},
		"no sex":                   {func(c *lms.Child) { c.Sex = 0 }, lms.HeadForAge, lms.NoSex},
		"a sex without figures":    {func(c *lms.Child) { c.Sex = 3 }, lms.HeadForAge, lms.NoSex},
		"no age":                   {func(c *lms.Child) { c.Age = lms.Age{} }, lms.HeadForAge, lms.NoAge},
		"before birth":             {func(c *lms.Child) { c.Age.Days = -1 }, lms.HeadForAge, lms.NoAge},
		"no age is needed":         {func(c *lms.Child) { c.Age = lms.Age{} }, lms.WeightForStature, lms.Scored},
		"too young for an arm":     {func(c *lms.Child) { c.Age = days(90) }, lms.ArmForAge, lms.OutsideAge},
		"old enough for an arm":    {func(c *lms.Child) { c.Age = days(91) }, lms.ArmForAge, lms.Scored},
		"five years":               {func(c *lms.Child) { c.Age = days(1827) }, lms.WeightForAge, lms.OutsideAge},
		"five years, by length":    {func(c *lms.Child) { c.Age = days(1827) }, lms.WeightForStature, lms.OutsideAge},
		"last day":                 {func(c *lms.Child) { c.Age = days(1826) }, lms.WeightForAge, lms.Scored},
		"too short":                {func(c *lms.Child) { c.Stature = mm(449) }, lms.WeightForStature, lms.OutsideStature},
		"short, but has an age":    {func(c *lms.Child) { c.Stature = mm(449) }, lms.StatureForAge, lms.Scored},
		"swollen":                  {func(c *lms.Child) { c.Oedema = lms.OedemaYes }, lms.BMIForAge, lms.ByOedema},
		"swollen, but has a head":  {func(c *lms.Child) { c.Oedema = lms.OedemaYes }, lms.HeadForAge, lms.Scored},
		"a tape of a hundred feet": {func(c *lms.Child) { c.Head = math.MaxInt32 }, lms.HeadForAge, lms.Absurd},
		"as light as a feather":    {func(c *lms.Child) { c.Stature = 1 }, lms.BMIForAge, lms.Absurd},
	} {
		c := whole
		tt.spoil(&c)
		if got := f.Assess(c).Scores[tt.i]; got.Why != tt.want || !got.Known() && got.Hundredths != 0 {
			t.Errorf("%s: %s %+v, want %d", name, tt.i, got, tt.want)
		}
	}
}

func TestOedema(t *testing.T) {
	f := builtIn(t)
	k := f.Assess(lms.Child{Sex: lms.Female, Age: days(100), Oedema: lms.OedemaYes}).Classes
	if k.Acute != lms.Severe || k.Underweight != lms.Severe || k.Wasting != lms.Severe || k.Severe != lms.BySwollen || k.Arm != lms.Unclassed {
		t.Errorf("swollen: %+v", k)
	}
	k = f.Assess(lms.Child{Sex: lms.Female, Age: days(300), Arm: mm(120)}).Classes
	if k.Acute != lms.Moderate || k.Moderate != lms.ByArm || k.Looked != lms.ByArm || k.Wasting != lms.Unclassed {
		t.Errorf("by the arm alone: %+v", k)
	}
}

func TestWoman(t *testing.T) {
	for _, tt := range []struct {
		arm, cut int
		want     lms.Class
	}{{209, 210, lms.Low}, {210, 210, lms.Normal}, {229, 230, lms.Low}, {230, 230, lms.Normal}, {0, 230, lms.Unclassed}} {
		if got, err := lms.Woman(mm(tt.arm), mm(tt.cut)); got != tt.want || err != nil {
			t.Errorf("%d mm by %d mm: %s, %v", tt.arm, tt.cut, got, err)
		}
	}
	for _, cut := range []int{0, 21, 179, 261} {
		if _, err := lms.Woman(mm(220), mm(cut)); err == nil {
			t.Errorf("cut-off %d mm: accepted", cut)
		}
	}
}

// At each of WHO's own rows, a child that measures what SD(k) says scores k, in whole thousandths of the last digit.
func TestMeasureScoresItself(t *testing.T) {
	f := builtIn(t)
	for _, s := range []lms.Sex{lms.Male, lms.Female} {
		for at := int32(0); at <= 1826; at++ {
			for k := -3; k <= 3; k++ {
				kg, _ := f.Measure(lms.WFA, s, at, float64(k))
				cm, ok := f.Measure(lms.LHFA, s, at, float64(k))
				a := f.Assess(lms.Child{Sex: s, Age: days(int(at)), Weight: lms.Mass(math.Round(kg * 1e6)), Stature: lms.Length(math.Round(cm * 1e4))})
				if w, l := a.Scores[lms.WeightForAge], a.Scores[lms.StatureForAge]; !ok || int(w.Hundredths) != 100*k || int(l.Hundredths) != 100*k {
					t.Fatalf("sex %d, day %d, z %d: weight %+v, length %+v", s, at, k, w, l)
				}
			}
		}
	}
}

func TestMeasureKeepsToItsTables(t *testing.T) {
	f := builtIn(t)
	for _, tt := range []struct {
		t  lms.Table
		s  lms.Sex
		at int32
		k  float64
		ok bool
	}{
		{lms.WFL, lms.Male, 450, 0, true}, {lms.WFL, lms.Male, 449, 0, false}, {lms.WFH, lms.Female, 1200, -3, true}, {lms.WFH, lms.Female, 1201, 0, false},
		{lms.ACFA, lms.Male, 90, 0, false}, {lms.ACFA, lms.Male, 91, 3, true}, {lms.WFA, 0, 10, 0, false}, {lms.Table(99), lms.Male, 10, 0, false},
		{lms.WFA, lms.Male, 10, 3.5, false}, {lms.WFA, lms.Male, -1, 0, false},
	} {
		if v, ok := f.Measure(tt.t, tt.s, tt.at, tt.k); ok != tt.ok || ok && !(v > 0) {
			t.Errorf("%+v: %v, %t", tt, v, ok)
		}
	}
}

// More weight never scores less, nor a longer child, whatever else is known.
func TestMonotone(t *testing.T) {
	f := builtIn(t)
	rapid.Check(t, func(rt *rapid.T) {
		c := drawn(rt)
		more := c
		more.Weight += lms.Mass(rapid.IntRange(0, 5_000_000).Draw(rt, "more"))
		a, b := f.Assess(c), f.Assess(more)
		for _, i := range []lms.Indicator{lms.WeightForAge, lms.WeightForStature, lms.BMIForAge} {
			if b.Scores[i].Known() && a.Scores[i].Known() && b.Scores[i].Hundredths < a.Scores[i].Hundredths {
				rt.Fatalf("%s falls from %+v to %+v", i, a.Scores[i], b.Scores[i])
			}
		}
		longer := c
		longer.Stature += lms.Length(rapid.IntRange(0, 500_000).Draw(rt, "longer"))
		d := f.Assess(longer)
		if x, y := a.Scores[lms.StatureForAge], d.Scores[lms.StatureForAge]; x.Known() && y.Known() && y.Hundredths < x.Hundredths {
			rt.Fatalf("haz falls from %+v to %+v", x, y)
		}
	})
}

func drawn(rt *rapid.T) lms.Child {
	return lms.Child{
		Sex: lms.Sex(rapid.IntRange(0, 2).Draw(rt, "sex")), Age: lms.Age{Days: int32(rapid.IntRange(-1, 2000).Draw(rt, "days")), Precision: lms.Precision(rapid.IntRange(0, 3).Draw(rt, "precision"))},
		Weight: lms.Mass(rapid.IntRange(1, 40_000_000).Draw(rt, "weight")), Stature: lms.Length(rapid.IntRange(300_000, 1_300_000).Draw(rt, "stature")),
		Position: lms.Position(rapid.IntRange(0, 2).Draw(rt, "position")), Oedema: lms.Oedema(rapid.IntRange(0, 2).Draw(rt, "oedema")),
	}
}

func TestAges(t *testing.T) {
	for _, tt := range []struct {
		born, measured           string
		days, completed, ofMonth int
	}{
		{"2004-11-11", "2005-11-11", 365, 11, 12},
		{"2024-01-31", "2024-02-29", 29, 0, 0},
		{"2024-01-31", "2024-03-01", 30, 0, 1},
		{"2024-02-29", "2025-02-28", 365, 11, 11},
		{"2024-02-29", "2025-03-01", 366, 12, 12},
		{"2024-05-10", "2024-05-10", 0, 0, 0},
		{"2020-01-01", "2025-01-01", 1827, 60, 60},
		{"2020-01-01", "2024-12-31", 1826, 59, 59},
	} {
		born, measured := date(t, tt.born), date(t, tt.measured)
		a := lms.Between(born, measured)
		if int(a.Days) != tt.days || a.CompletedMonths() != tt.completed || lms.CalendarMonths(born, measured) != tt.ofMonth {
			t.Errorf("%+v: %d days, %d, %d months", tt, a.Days, a.CompletedMonths(), lms.CalendarMonths(born, measured))
		}
	}
	for months, want := range map[int]int32{0: 0, 1: 30, 8: 244, 9: 274, 24: 731, 59: 1796, 60: 1826} {
		if got := lms.Months(months); got.Days != want || got.Precision != lms.AgeInMonths {
			t.Errorf("%d months: %+v, want %d days", months, got, want)
		}
	}
	born := date(t, "2024-05-10")
	for at, in := range map[string]bool{"2024-11-09": false, "2024-11-10": true, "2026-05-09": true, "2026-05-10": false} {
		if lms.InWindow(born, date(t, at), 6, 23) != in {
			t.Errorf("window on %s: want %t", at, in)
		}
	}
	if a := lms.Between(born, date(t, "2024-05-09")); a.Days != -1 || a.Known() {
		t.Errorf("before birth: %+v", a)
	}
}

func TestNothingIsAllocated(t *testing.T) {
	f, c := builtIn(t), whole
	if n := testing.AllocsPerRun(100, func() { sink = f.Assess(c) }); n != 0 {
		t.Errorf("%v allocations a child", n)
	}
}

var (
	whole = lms.Child{Sex: lms.Male, Age: days(400), Weight: 9_210 * lms.Gram, Stature: 761_500, Head: mm(460), Arm: mm(140), Oedema: lms.OedemaNo}
	sink  lms.Assessment
)

// A child with weight, length and head: five scores and all classes.
func BenchmarkFive(b *testing.B) {
	f, c := builtIn(b), whole
	c.Arm = 0
	b.ReportAllocs()
	for b.Loop() {
		sink = f.Assess(c)
	}
}

// The dearest child: far out, so that every skewed score is restricted.
func BenchmarkFiveFarOut(b *testing.B) {
	f, c := builtIn(b), whole
	c.Arm, c.Weight = 0, 5_000*lms.Gram
	b.ReportAllocs()
	for b.Loop() {
		sink = f.Assess(c)
	}
}

func FuzzAssess(f *testing.F) {
	f.Add(uint8(1), uint8(3), int32(400), int32(9_000_000), int32(760_000), uint8(1), int32(460_000), int32(140_000), uint8(1))
	f.Add(uint8(2), uint8(3), int32(1827), int32(-1), int32(1), uint8(2), int32(math.MaxInt32), int32(math.MinInt32), uint8(2))
	figures := builtIn(f)
	f.Fuzz(func(t *testing.T, sex, precision uint8, age, weight, stature int32, position uint8, head, arm int32, oedema uint8) {
		c := lms.Child{Sex: lms.Sex(sex), Age: lms.Age{Days: age, Precision: lms.Precision(precision)}, Weight: lms.Mass(weight), Stature: lms.Length(stature),
			Position: lms.Position(position), Head: lms.Length(head), Arm: lms.Length(arm), Triceps: lms.Length(arm), Subscapular: lms.Length(head), Oedema: lms.Oedema(oedema)}
		a := figures.Assess(c)
		for i, s := range a.Scores {
			within(t, c, a, lms.Indicator(i), s)
		}
	})
}

// within demands that a score is there only where a table is.
func within(t *testing.T, c lms.Child, a lms.Assessment, i lms.Indicator, s lms.Score) {
	t.Helper()
	if !s.Known() {
		if s.Hundredths != 0 || s.Flagged {
			t.Errorf("%s: no score, and %+v", i, s)
		}
		return
	}
	if s.Hundredths > 1_000_000 || s.Hundredths < -1_000_000 || c.Sex != lms.Male && c.Sex != lms.Female {
		t.Errorf("%+v: %s %+v", c, i, s)
	}
	if i == lms.WeightForStature {
		low, high := mm(450), mm(1100)
		if a.Stature.As == lms.Standing {
			low, high = mm(650), mm(1200)
		}
		if a.Stature.Corrected < low || a.Stature.Corrected > high || c.Age.Known() && c.Age.Days > 1826 {
			t.Errorf("%+v: %s outside of its table", c, i)
		}
		return
	}
	if !c.Age.Known() || c.Age.Days > 1826 || i >= lms.ArmForAge && c.Age.Days < 91 {
		t.Errorf("%+v: %s outside of its table", c, i)
	}
}

func TestNames(t *testing.T) {
	if lms.Indicator(99).String() != "none" || lms.Table(99).String() != "none" || lms.Class(99).String() != "" {
		t.Error("what is no indicator, table or class has a name")
	}
	if got := (lms.ByWeight | lms.ByArm | lms.BySwollen).String(); got != "weight-for-stature+muac+oedema" || lms.Criteria(0).String() != "" {
		t.Errorf("criteria: %q", got)
	}
	if f := builtIn(t); !strings.HasPrefix(f.Version, "who2006-") || !strings.Contains(f.Source, "World Health Organization") || f.Terms == "" {
		t.Errorf("figures: %q %q %q", f.Version, f.Source, f.Terms)
	}
}
