package promise

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTableIsWhole(t *testing.T) {
	var codes []string
	for _, r := range Rows("", "") {
		if slices.Contains(codes, r.Code) || r.Code == "" || r.Promise == "" || r.Unit == "" || r.Full == 0 {
			t.Errorf("row %+v", r)
		}
		if (r.Do == nil) != (r.Apart != "") || r.Do != nil && r.Test == "" || r.Inside && r.Quick == 0 {
			t.Errorf("row %s says neither what runs it nor why nothing does", r.Code)
		}
		codes = append(codes, r.Code)
	}
	if _, err := Pick(Rows("", ""), []string{"flip", "nothing"}); !errors.Is(err, errStranger) {
		t.Errorf("a row that is none gives %v", err)
	}
}

func does(o Outcome) func(context.Context, Job) Outcome {
	return func(context.Context, Job) Outcome { return o }
}

// A row that fails keeps no other from running, a control that is not caught is a failure, and what was not run is said.
func TestRunGoesOn(t *testing.T) {
	rows := []Row{
		{Code: "a", Promise: "first", Unit: "x", Full: 1000, Do: does(Outcome{Result: "10 lost", Err: errBroken})},
		{Code: "b", Promise: "second", Unit: "x", Full: 1000, Do: does(Outcome{Result: "0 lost", Control: "lost 5"})},
		{Code: "c", Promise: "third", Unit: "hours", Full: 72, Apart: "three days"},
		{Code: "d", Promise: "fourth", Unit: "x", Full: 3, Do: does(Outcome{Err: toothed(false)})},
	}
	var out bytes.Buffer
	lines, err := Run(t.Context(), rows, true, 0.01, 1, &out)
	if err == nil || !strings.Contains(err.Error(), "2 of 4") {
		t.Errorf("the run says %v", err)
	}
	out.Reset()
	if err := Markdown(&out, Machine{Processor: "P"}, time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC), lines); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Run on 27 November 2026: P", "| first | 10 x | FAILED |", "| second | 10 x | held | 0 lost | lost 5 |",
		"| third | 0 of 72 hours | not run | three days |", "| fourth | 1 x | FAILED |",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
}

func TestPrograms(t *testing.T) {
	j := Job{Count: 3, Seed: 5, Out: &bytes.Buffer{}}
	for name, c := range map[string]struct {
		p, caught, fails program
		want             error
		ends             bool
	}{
		"holds":              {p: "echo {n} seeds of {seed}", ends: true},
		"breaks":             {p: "false"},
		"a control catches":  {p: "true", caught: "true", ends: true},
		"it catches nothing": {p: "true", caught: "false"},
		"a control fails":    {p: "true", fails: "false", ends: true},
		"it does not":        {p: "true", fails: "true", want: errNoTeeth},
	} {
		o := runs(c.p, c.caught, c.fails)(t.Context(), j)
		if (o.Err == nil) != c.ends || c.want != nil && !errors.Is(o.Err, c.want) {
			t.Errorf("%s: %v", name, o.Err)
		}
	}
	if o := runs("echo {n} seeds of {seed}", "", "")(t.Context(), j); o.Result != "3 seeds of 5" {
		t.Errorf("the gist is %q", o.Result)
	}
}
