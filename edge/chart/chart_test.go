package chart_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"markaz.example/edge/chart"
	"markaz.example/edge/lms"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

func figures(tb testing.TB) *lms.Figures {
	tb.Helper()
	f, err := lms.BuiltIn()
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// visits of a generated child that falls behind and recovers; one weight is doubted.
func visits(months ...int) (out []chart.Measured) {
	for i, m := range months {
		age := lms.Months(m)
		cm := 50 + 62*math.Pow(float64(age.Days)/1826, 0.55)
		kg := 3.1 + 12.5*math.Pow(float64(age.Days)/1826, 0.62) - float64(i%3)*0.35
		c := lms.Child{Sex: lms.Female, Age: age, Stature: lms.Length(cm * 1e4)}
		f, _ := lms.BuiltIn()
		out = append(out, chart.Measured{
			Age: age, Weight: lms.Mass(kg * 1e6), Stature: f.Assess(c).Stature, Arm: lms.Length(118+2*i) * lms.Millimetre, Doubted: i == 2,
		})
	}
	return out
}

func draw(t *testing.T, c chart.Chart, v []chart.Measured, width int, w chart.Words) chart.Drawing {
	t.Helper()
	d, err := chart.Draw(figures(t), c, lms.Female, v, width, w)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The pictures are looked at by people; the test keeps them as they were found good.
func TestGolden(t *testing.T) {
	urdu := chart.Words{Name: "عمر کے لحاظ سے وزن", X: "عمر، مہینے", Y: "وزن، کلوگرام", Source: "WHO 2006", RTL: true}
	english := chart.Words{Name: "Weight by age", X: "Age, months", Y: "Weight, kg", Source: "WHO 2006"}
	for name, tt := range map[string]struct {
		c      chart.Chart
		months []int
		width  int
		words  chart.Words
	}{
		"weight-384":  {chart.WeightByAge, []int{1, 3, 6, 9, 12, 15, 18}, 384, urdu},
		"weight-576":  {chart.WeightByAge, []int{1, 3, 6, 9, 12, 15, 18, 24, 30, 36}, 576, english},
		"infant-384":  {chart.WeightByAge, []int{0, 1, 2, 3, 4, 5}, 384, english},
		"stature-576": {chart.StatureByAge, []int{6, 12, 18, 24, 30, 36, 48}, 576, urdu},
		"stature-384": {chart.StatureByAge, []int{6, 9, 12}, 384, urdu},
		"byheight":    {chart.WeightByStature, []int{26, 30, 36, 42}, 576, english},
		"bylength":    {chart.WeightByStature, []int{3, 6, 9, 12}, 384, english},
		"arm":         {chart.ArmByAge, []int{6, 9, 12, 18}, 384, english},
		"nobody":      {chart.WeightByAge, nil, 384, chart.Words{}},
	} {
		t.Run(name, func(t *testing.T) {
			d := draw(t, tt.c, visits(tt.months...), tt.width, tt.words)
			goldenSVG(t, name, chart.SVG(d))
			goldenPNG(t, name, chart.Raster(d))
		})
	}
}

func goldenSVG(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".svg")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is drawn otherwise; see it with -update", path)
	}
	wellFormed(t, got)
}

func wellFormed(t testing.TB, svg []byte) {
	t.Helper()
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		if e, ok := token.(xml.StartElement); ok {
			for _, a := range e.Attr {
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") {
					t.Fatalf("attribute %s is no use under a strict policy", a.Name.Local)
				}
			}
		}
	}
}

func goldenPNG(t *testing.T, name string, got *image.Gray) {
	t.Helper()
	path := filepath.Join("testdata", name+".png")
	if *update {
		var b bytes.Buffer
		if err := png.Encode(&b, got); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	want, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := differ(got, want); n > 0 {
		t.Errorf("%s: %d dots differ; see them with -update", path, n)
	}
}

func differ(got *image.Gray, want image.Image) (n int) {
	if got.Bounds() != want.Bounds() {
		return math.MaxInt
	}
	for y := range got.Rect.Dy() {
		for x := range got.Rect.Dx() {
			if r, _, _, _ := want.At(x, y).RGBA(); uint8(r>>8) != got.GrayAt(x, y).Y {
				n++
			}
		}
	}
	return n
}

func TestNoCurve(t *testing.T) {
	if _, err := chart.Draw(figures(t), chart.WeightByAge, lms.SexUnknown, nil, 384, chart.Words{}); !errors.Is(err, chart.ErrNoCurve) {
		t.Error(err)
	}
	for _, width := range []int{0, 255, 833} {
		if _, err := chart.Draw(figures(t), chart.WeightByAge, lms.Male, nil, width, chart.Words{}); !errors.Is(err, chart.ErrWidth) {
			t.Errorf("%d: %v", width, err)
		}
	}
}

// Words cannot leave their place.
func TestEscaped(t *testing.T) {
	svg := chart.SVG(draw(t, chart.WeightByAge, nil, 384, chart.Words{Name: `"><script>`, X: "<b>", Y: "&amp;", Source: "<b>"}))
	if bytes.Contains(svg, []byte("<script>")) || bytes.Contains(svg, []byte("<b>")) {
		t.Errorf("%s", svg)
	}
	wellFormed(t, svg)
}

// Whatever was measured, every line and dot of a chart lies on it, the newest dot is the newest visit that has one, and it
// is drawn in time.
func TestStaysOnPaper(t *testing.T) {
	f := figures(t)
	rapid.Check(t, func(rt *rapid.T) {
		v := rapid.SliceOfN(rapid.Custom(anyVisit), 0, 30).Draw(rt, "visits")
		c := chart.Chart(rapid.IntRange(0, 3).Draw(rt, "chart"))
		d, err := chart.Draw(f, c, lms.Sex(rapid.IntRange(1, 2).Draw(rt, "sex")), v, rapid.IntRange(256, 832).Draw(rt, "width"), chart.Words{})
		if err != nil {
			rt.Fatal(err)
		}
		for _, l := range d.Lines {
			for _, p := range l.Points {
				on(rt, d, p)
			}
		}
		for i, dot := range d.Dots {
			on(rt, d, dot.At)
			if newest := strings.Contains(dot.Class, "newest"); newest != (i == len(d.Dots)-1) {
				rt.Fatalf("dot %d of %d: %s", i, len(d.Dots), dot.Class)
			}
		}
	})
}

func anyVisit(rt *rapid.T) chart.Measured {
	return chart.Measured{
		Age:    lms.Age{Days: rapid.Int32Range(-10, 3000).Draw(rt, "days"), Precision: lms.Precision(rapid.IntRange(0, 3).Draw(rt, "precision"))},
		Weight: lms.Mass(rapid.Int32().Draw(rt, "weight")), Arm: lms.Length(rapid.Int32().Draw(rt, "arm")),
		Stature: lms.Stature{Corrected: lms.Length(rapid.Int32().Draw(rt, "stature")), As: lms.Position(rapid.IntRange(0, 2).Draw(rt, "as"))},
	}
}

func on(rt *rapid.T, d chart.Drawing, p chart.Point) {
	if !(p.X >= 0 && p.X <= float64(d.Width) && p.Y >= 0 && p.Y <= float64(d.Height)) {
		rt.Fatalf("%v is off a chart of %d by %d", p, d.Width, d.Height)
	}
}

func ExampleDraw() {
	f, err := lms.BuiltIn()
	if err != nil {
		fmt.Println(err)
		return
	}
	visits := []chart.Measured{{Age: lms.Months(6), Weight: 7 * lms.Kilogram}, {Age: lms.Months(9), Weight: 7_400 * lms.Gram}}
	d, err := chart.Draw(f, chart.WeightByAge, lms.Female, visits, 384, chart.Words{Name: "Weight by age"})
	fmt.Println(d.Width, d.Height, len(d.Dots), err)
	// Output: 384 288 2 <nil>
}

func BenchmarkRaster(b *testing.B) {
	d, err := chart.Draw(figures(b), chart.WeightByAge, lms.Female, visits(1, 3, 6, 9, 12, 15, 18, 24, 30, 36), 576, chart.Words{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		chart.Raster(d)
	}
}
