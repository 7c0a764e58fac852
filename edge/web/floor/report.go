package floor

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/report"
	"markaz.example/edge/web/page"
)

// reportPage is the struct of report.tmpl.
type reportPage struct {
	Report  report.Report
	Days    []string
	Counts  []figure
	Shares  []shareRow
	Times   []timeRow
	Tables  []table
	Reasons []reasonRow
	Per100  string // overtakes per 100 calls; empty without a call
	Issuers []groupRow
	Classes []groupRow
	Refusal *page.Refusal
}

// shareRow is a share with its bar.
type shareRow struct {
	Code    string // of its text
	Percent string // "82 %"; "–" for a share of nothing
	Of, All int
	Width   int   // of the bar, 0 to 100
	Apart   []int // of the service level: who did not come, and who left, both counted beside it
}

// timeRow is one of the spreads of the whole day.
type timeRow struct {
	Code   string
	Spread report.Spread
	Cells  []string
}

// table is the figures of the parts of a day.
type table struct {
	Code string // "services", "desks"
	Rows []row
}

type row struct {
	Name     page.Name // of a service; empty otherwise
	Key      string
	Word     string // key of its text, if it has one
	Stops    int
	Wait     []string // minutes: mean, then the three percentiles
	Response []string // the same
	Service  []string // the same
	Level    string
	NoShow   int
	Left     int
	Promise  string
	Busy     string // occupancy; only of desks
	Bar      int    // of the 80th percentile of waits, to the longest of the table, 0 to 100
}

type reasonRow struct {
	Code, Word string // Word is empty for a code without a text
	Picked     bool
	Calls      int
	Overtakes  int
}

type groupRow struct {
	Key, Word string
	Percent   string
	Mean      string
	Ratio     string
}

func (d *Pages) showReport(w http.ResponseWriter, r *http.Request) {
	d.writeReport(w, r, http.StatusOK, nil)
}

func (d *Pages) writeReport(w http.ResponseWriter, r *http.Request, status int, refused *page.Refusal) {
	lang := page.LangOf(r)
	days, err := d.Floor.Days(r.Context())
	if err != nil {
		d.kit.Wait(w, r, "sorry.broken", "", waitSeconds)
		return
	}
	p := reportPage{Days: days, Refusal: refused}
	found, err := d.Floor.Report(r.Context(), r.FormValue("day"))
	switch {
	case err == nil:
		d.fill(&p, found, lang)
	case errors.Is(err, &desk.Refusal{Code: desk.NoDay}):
		status = noDay(days, refused)
	case p.Refusal == nil:
		p.Refusal, status = d.kit.Refusal(lang, err)
	}
	self := &url.URL{Path: "/floor/report", RawQuery: url.Values{"day": {p.Report.Day}}.Encode()}
	d.report.Write(w, status, page.Frame{Lang: lang, Title: "report.title", Self: self, Data: p})
}

// noDay is the status of the page that says that there is no report: before the first day nothing is wrong with asking.
func noDay(days []string, refused *page.Refusal) int {
	switch {
	case refused != nil:
		return http.StatusConflict
	case len(days) == 0:
		return http.StatusOK
	}
	return http.StatusNotFound
}

func (d *Pages) fill(p *reportPage, r report.Report, lang page.Lang) {
	p.Report, p.Counts = r, countsOf(r)
	p.Shares = []shareRow{
		shared("level", r.All.Level), shared("promise", r.All.Promise), shared("first-day", r.Counts.FirstDay), shared("abandoned", r.Counts.Abandoned),
	}
	p.Shares[0].Apart = []int{r.All.NoShow, r.All.Left}
	for _, of := range []struct {
		code   string
		spread report.Spread
	}{{"wait", r.All.Wait}, {"wait-visit", r.PerVisit}, {"response", r.All.Response}, {"service", r.All.Service}, {"visit", r.Visit}} {
		p.Times = append(p.Times, timeRow{of.code, of.spread, cells(of.spread)})
	}
	p.Tables = []table{
		{"services", d.rows(r.Services, lang, "")}, {"desks", d.rows(r.Desks, lang, "")}, {"staff", d.rows(r.Staff, lang, "")},
		{"classes", d.rows(r.Classes, lang, "report.class.")}, {"sexes", d.rows(r.Sexes, lang, "report.sex.")}, {"hours", d.rows(r.Hours, lang, "")},
	}
	d.fillFairness(p, r.Fairness, lang)
}

func (d *Pages) fillFairness(p *reportPage, f report.Fairness, lang page.Lang) {
	if tenths, ok := f.PerHundred(); ok {
		p.Per100 = fmt.Sprintf("%d.%d", tenths/10, tenths%10)
	}
	for _, why := range f.Reasons {
		p.Reasons = append(p.Reasons, reasonRow{why.Code, d.word(lang, "report.rule."+why.Code), why.Picked, why.Calls, why.Overtakes})
	}
	p.Classes, p.Issuers = d.groups(f.Classes, lang, "report.class."), d.groups(f.Issuers, lang, "")
}

func countsOf(r report.Report) []figure {
	c := r.Counts
	return []figure{
		{"asked", c.Asked}, {"issued", c.Issued}, {"done", c.Done}, {"no-show", c.NoShow}, {"left", c.Left}, {"cancelled", c.Cancelled},
		{"failed", c.Failed}, {"standing", c.Standing}, {"carried-in", c.CarriedIn}, {"carried-over", c.CarriedOver}, {"written", c.Written},
		{"quick", r.All.Quick},
	}
}

// word is a text's key when there is such a text.
func (d *Pages) word(lang page.Lang, key string) string {
	if d.kit.Has(lang, key) {
		return key
	}
	return ""
}

func (d *Pages) groups(all []report.Group, lang page.Lang, words string) (rows []groupRow) {
	for _, g := range all {
		row := groupRow{Key: g.Key, Percent: percent(g.Share), Mean: minutes(g.Wait.N, g.Wait.MeanMs), Ratio: "–"}
		if words != "" {
			row.Word = d.word(lang, words+g.Key)
		}
		if g.Ratio > 0 {
			row.Ratio = fmt.Sprintf("%d.%02d", g.Ratio/100, g.Ratio%100)
		}
		rows = append(rows, row)
	}
	return rows
}

func (d *Pages) rows(all []report.Row, lang page.Lang, words string) (rows []row) {
	longest := int64(0)
	for _, r := range all {
		longest = max(longest, r.Figures.Wait.P80Ms)
	}
	for _, r := range all {
		f := r.Figures
		shown := row{
			Key: r.Key, Stops: f.Stops, Wait: cells(f.Wait), Response: cells(f.Response), Service: cells(f.Service),
			Level: percent(f.Level), NoShow: f.NoShow, Left: f.Left, Promise: percent(f.Promise), Busy: busy(f),
		}
		if words != "" {
			shown.Word = d.word(lang, words+r.Key)
		}
		if i := slices.IndexFunc(d.Catalogue.Services, func(s desk.Service) bool { return s.Code == id.Service(r.Key) }); i >= 0 {
			shown.Name = page.ServiceOf(d.Catalogue.Services[i]).Name
		}
		if longest > 0 {
			shown.Bar = int(f.Wait.P80Ms * 100 / longest)
		}
		rows = append(rows, shown)
	}
	return rows
}

func busy(f report.Figures) string {
	if p, ok := f.Occupancy(); ok {
		return fmt.Sprintf("%d %%", p)
	}
	return "–"
}

func shared(code string, s report.Share) shareRow {
	p, _ := s.Percent()
	return shareRow{Code: code, Percent: percent(s), Of: s.Of, All: s.All, Width: min(p, 100)}
}

func percent(s report.Share) string {
	if p, ok := s.Percent(); ok {
		return fmt.Sprintf("%d %%", p)
	}
	return "–"
}

// minutes is a time in minutes with a tenth; nothing of no sample.
func minutes(n int, ms int64) string {
	if n == 0 {
		return "–"
	}
	tenths := (ms + 3000) / 6000
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10)
}

func cells(s report.Spread) []string {
	return []string{minutes(s.N, s.MeanMs), minutes(s.N, s.P50Ms), minutes(s.N, s.P80Ms), minutes(s.N, s.P95Ms)}
}

// printReport prints a day's figures on the slip printer.
func (d *Pages) printReport(w http.ResponseWriter, r *http.Request) {
	if !d.kit.Form(w, r) {
		return
	}
	day := r.PostForm.Get("day")
	back := "/floor/report?" + url.Values{"day": {day}, "lang": {string(page.LangOf(r))}}.Encode()
	d.kit.Done(w, r, d.Floor.PrintReport(r.Context(), actor, day), back, func(refused *page.Refusal, status int) {
		d.writeReport(w, r, status, refused)
	})
}
