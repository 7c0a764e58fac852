package floor

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"markaz.example/edge/report"
	"markaz.example/edge/web/page"
)

// downloadReport is a day's figures as a file for a table program: one line for each part of the day, times in seconds.
func (d *Pages) downloadReport(w http.ResponseWriter, r *http.Request) {
	found, err := d.Floor.Report(r.Context(), r.FormValue("day"))
	if err != nil {
		_, status := d.kit.Refusal(page.LangOf(r), err)
		d.kit.Sorry(w, r, status, "sorry.not-found", "/floor/report")
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="markaz-%s.csv"`, found.Day))
	w.Header().Set("Cache-Control", "no-store")
	out := csv.NewWriter(w)
	out.WriteAll(lines(found)) // a browser that left is no error of ours
}

// header names the columns; a part is "all", or what it is by: "service", "desk", "staff", "class", "sex", "hour". Marks are
// what was not as on other days, on every line: lines are filtered.
var header = []string{
	"day", "part", "key", "stops", "calls", "quick", "wait_mean_s", "wait_p50_s", "wait_p80_s", "wait_p95_s",
	"response_mean_s", "response_p50_s", "response_p80_s", "response_p95_s",
	"service_mean_s", "service_p50_s", "service_p80_s", "service_p95_s",
	"level_within", "level_judged", "no_show", "left", "promise_inside", "promised", "served_s", "open_s", "marks",
}

func lines(r report.Report) [][]string {
	all := [][]string{header, line(r, "all", report.Row{Figures: r.All})}
	for _, part := range []struct {
		name string
		rows []report.Row
	}{{"service", r.Services}, {"desk", r.Desks}, {"staff", r.Staff}, {"class", r.Classes}, {"sex", r.Sexes}, {"hour", r.Hours}} {
		for _, row := range part.rows {
			all = append(all, line(r, part.name, row))
		}
	}
	return all
}

func line(of report.Report, part string, r report.Row) []string {
	f := r.Figures
	figures := []int64{int64(f.Stops), int64(f.Calls), int64(f.Quick)}
	for _, s := range []report.Spread{f.Wait, f.Response, f.Service} {
		figures = append(figures, s.MeanMs/1000, s.P50Ms/1000, s.P80Ms/1000, s.P95Ms/1000)
	}
	figures = append(figures, int64(f.Level.Of), int64(f.Level.All), int64(f.NoShow), int64(f.Left),
		int64(f.Promise.Of), int64(f.Promise.All), f.ServedMs/1000, f.OpenMs/1000)
	out := []string{of.Day, part, r.Key}
	for _, n := range figures {
		out = append(out, strconv.FormatInt(n, 10))
	}
	return append(out, strings.Join(of.Marks, " "))
}
