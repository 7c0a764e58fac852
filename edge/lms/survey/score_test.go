package survey_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"markaz.example/edge/lms"
	"markaz.example/edge/lms/survey"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func figures(tb testing.TB) *lms.Figures {
	tb.Helper()
	f, err := lms.BuiltIn()
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// score scores text and gives what was written, and behind it what was told.
func score(tb testing.TB, text string) (out, told string, r survey.Report, err error) {
	tb.Helper()
	var w, faults strings.Builder
	r, err = survey.Score(figures(tb), strings.NewReader(text), &w, func(line int, err error) {
		fmt.Fprintf(&faults, "line %d: %v\n", line, err)
	})
	return w.String(), faults.String(), r, err
}

const header = "sex,age_days,weight_kg,lenhei_cm,measure,headc_cm,muac_cm,oedema"

// The vectors of edge/lms, made by another program, come out byte for byte.
func TestVectors(t *testing.T) {
	b, err := os.ReadFile("../testdata/vectors.csv")
	if err != nil {
		t.Fatal(err)
	}
	var in strings.Builder
	for line := range strings.Lines(string(b)) {
		in.WriteString(strings.Join(strings.Split(line, ",")[:len(survey.Columns)], ",") + "\n")
	}
	out, told, r, err := score(t, in.String())
	if err != nil || told != "" || r.Bad != 0 || r.Rows != bytes.Count(b, []byte("\n"))-1 {
		t.Fatalf("%+v, %v, %s", r, err, told)
	}
	if out != string(b) {
		t.Errorf("what was scored is not what vectors.py says; see it with markaz growth score")
	}
}

// A survey with every kind of fault: what is sound is scored, what is not is told with line, column and what to write.
func TestFaults(t *testing.T) {
	in, err := os.ReadFile("testdata/faults.csv")
	if err != nil {
		t.Fatal(err)
	}
	out, told, r, err := score(t, string(in))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/faults.golden", fmt.Sprintf("%s%s%d rows, %d bad\n", out, told, r.Rows, r.Bad))
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(filepath.FromSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwrite it anew with -update", path, got)
	}
}

// Other columns come out as they went in, wherever the known ones stand.
func TestOrderAndForeignColumns(t *testing.T) {
	out, told, _, err := score(t, "\ufeffoedema,\"the, name\",sex,muac_cm,age_days,headc_cm,weight_kg,measure,lenhei_cm\r\nn,\"a \"\"b\"\", c\",2,,365,,9,,\r\n")
	if err != nil || told != "" {
		t.Fatal(err, told)
	}
	lines := strings.Split(out, "\n")
	if !strings.HasPrefix(lines[1], `n,"a ""b"", c",2,,365,,9,,,,,0.05,`) || strings.ContainsRune(out, '\r') {
		t.Errorf("%q", lines[1])
	}
	if !strings.HasPrefix(lines[0], `oedema,"the, name",sex,`) {
		t.Errorf("%q", lines[0])
	}
}

func TestHeaders(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "no muac": "sex,age_days,weight_kg,lenhei_cm,measure,headc_cm,oedema\n", "twice": header + ",sex\n", "scored before": header + ",waz\n",
		"semicolons": strings.ReplaceAll(header, ",", ";") + "\n", "an open quote": `"` + header + "\n", "too long": strings.Repeat("x", 65<<10) + "\n", "too wide": header + strings.Repeat(",", 2000) + "\n",
	} {
		if out, _, _, err := score(t, text); !errors.Is(err, survey.ErrHeader) || out != "" {
			t.Errorf("%s: %v, %q", name, err, out)
		}
	}
	if out, _, r, err := score(t, header); err != nil || r.Rows != 0 || !strings.HasPrefix(out, header+",corrected_cm,") {
		t.Errorf("a header alone: %q, %+v, %v", out, r, err)
	}
}

// A line without end is passed over and costs no memory; those behind it are scored.
func TestLongLines(t *testing.T) {
	for name, text := range map[string]string{
		"in the middle": header + "\n" + strings.Repeat("9", 300<<10) + "\n2,365,9,,,,,\n",
		"at the end":    header + "\n2,365,9,,,,,\n" + strings.Repeat("9", 300<<10),
	} {
		out, told, r, err := score(t, text)
		if err != nil || r.Rows != 2 || r.Bad != 1 || !strings.Contains(out, "\n2,365,9,,,,,,,,0.05,") || !strings.Contains(told, "is left out") {
			t.Errorf("%s: %+v, %v, %q, %q", name, r, err, out, told)
		}
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error)  { return 0, io.ErrUnexpectedEOF }
func (broken) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestTroubleIsTold(t *testing.T) {
	none := func(int, error) {}
	if _, err := survey.Score(figures(t), broken{}, io.Discard, none); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
	if _, err := survey.Score(figures(t), strings.NewReader(header+"\n"), broken{}, none); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
}

// Whatever comes in, what goes out is CSV of as many columns as its header, and rows are neither lost nor made.
func FuzzScore(f *testing.F) {
	for _, s := range []string{"2,365,9,,,,,", "1,987,,72.86,l,45,11.5,n\n,,,,,,,", "\"1\",NA,9e3,-,h,.,0.,y", "1,1,1\n\n\"", "\xff,٣,9,,,,,"} {
		f.Add(s)
	}
	figures := figures(f)
	f.Fuzz(func(t *testing.T, rows string) {
		var out bytes.Buffer
		faults := 0
		r, err := survey.Score(figures, strings.NewReader(header+"\n"+rows), &out, func(int, error) { faults++ })
		if err != nil || r.Bad != faults {
			t.Fatalf("%+v, %d faults, %v", r, faults, err)
		}
		all, err := csv.NewReader(&out).ReadAll()
		if err != nil || len(all)-1 > r.Rows || len(all)-1 < r.Rows-r.Bad {
			t.Fatalf("%d lines of %+v: %v", len(all), r, err)
		}
	})
}

func BenchmarkScore(b *testing.B) {
	row := "1,987,11.25,88.4,h,48.2,14.6,n\n"
	in := header + "\n" + strings.Repeat(row, 1000)
	f := figures(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := survey.Score(f, strings.NewReader(in), io.Discard, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "rows/s")
}
