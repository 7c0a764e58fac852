package floor

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"markaz.example/edge/desk"
	"markaz.example/edge/report"
	"markaz.example/edge/web/page/pagetest"
)

// dayless is a floor that has no report of any day, only days.
type dayless struct {
	Floor
	days []string
}

func (f dayless) Days(context.Context) ([]string, error) { return f.days, nil }

func (dayless) Report(context.Context, string) (report.Report, error) {
	return report.Report{}, &desk.Refusal{Code: desk.NoDay}
}

// Without a report the page leads on, and does not look like a mistake.
func TestNoReport(t *testing.T) {
	for _, tt := range []struct {
		name   string
		days   []string
		status int
		says   string
	}{
		{"before the first day", nil, http.StatusOK, "No day has been opened yet"},
		{"another day", []string{"2026-11-26"}, http.StatusNotFound, "/floor/report?day=2026-11-26"},
	} {
		d, err := New(pagetest.Kit(t), nil, Config{Floor: dayless{days: tt.days}})
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		d.showReport(w, httptest.NewRequest(http.MethodGet, "/floor/report?lang=en&day=2020-01-01", nil))
		body := w.Body.String()
		if w.Code != tt.status || !strings.Contains(body, tt.says) || !strings.Contains(body, `id="report-floor"`) {
			t.Errorf("%s: %d\n%s", tt.name, w.Code, body)
		}
		if strings.Contains(body, `class="refusal"`) || strings.Contains(body, "report-print") {
			t.Errorf("%s: looks like a mistake, or prints nothing:\n%s", tt.name, body)
		}
	}
}

// Every line of the table has a cell for every column, and the day's marks.
func TestTableToDownload(t *testing.T) {
	got := lines(report.Of(report.Day{
		Date: "2026-11-26", Marks: []string{desk.MarkRestart, desk.MarkPaperBook},
		Visits: []report.Visit{{State: "done", InHand: true, Sex: "male", Stops: []report.Stop{{Service: "survey", InLine: true}}}},
	}))
	parts := ""
	for _, line := range got[1:] {
		parts += line[1] + "=" + line[2] + " "
		if len(line) != len(header) || line[len(line)-1] != "restart paper-book" {
			t.Errorf("%q under %q", line, header)
		}
	}
	if parts != "all= service=survey class=normal sex=male " {
		t.Errorf("parts %q", parts)
	}
}
