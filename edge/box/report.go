package box

import (
	"fmt"
	"slices"

	"markaz.example/devices/slip"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/report"
	"markaz.example/edge/web/page"
)

// report is the figures of a day on a short paper: the counts, the shares, the times, the wait for each service, and who was
// overtaken. The parts of the day are on the screen.
func (l layout) report(r report.Report, services []desk.Service, reprint bool, at clock.Stamp) slip.Doc {
	blocks := append(l.head(reprint), l.title(l.text(page.Urdu, "report.paper"), l.text(page.English, "report.paper"))...)
	blocks = append(blocks, slip.Text{Text: slip.Isolate(r.Day), Size: l.em(48), Bold: true}, slip.Gap(l.dots(4)))
	for _, mark := range r.Marks {
		blocks = append(blocks, l.spoken("report.mark."+mark)...)
	}
	blocks = append(append(blocks, l.line()...), l.counted(r)...)
	blocks = append(append(blocks, l.line()...), l.times(r, services)...)
	blocks = append(blocks, l.line()...)
	if tenths, ok := r.Fairness.PerHundred(); ok {
		blocks = append(blocks, l.figure("report.overtaken", fmt.Sprintf("%d.%d", tenths/10, tenths%10)))
	}
	return slip.Doc{Blocks: append(blocks, slip.Text{Text: l.when(at), Size: l.em(24)})}
}

// line parts a paper.
func (l layout) line() []slip.Block { return []slip.Block{slip.Rule{}, slip.Gap(l.dots(6))} }

// counted is the visits, and the shares with who stands beside the service level.
func (l layout) counted(r report.Report) (blocks []slip.Block) {
	c := r.Counts
	for _, f := range []struct {
		code  string
		value int
	}{
		{"asked", c.Asked}, {"issued", c.Issued}, {"done", c.Done}, {"no-show", c.NoShow}, {"left", c.Left}, {"cancelled", c.Cancelled},
		{"failed", c.Failed}, {"standing", c.Standing}, {"carried-in", c.CarriedIn}, {"carried-over", c.CarriedOver}, {"written", c.Written},
	} {
		if f.value > 0 || f.code == "asked" || f.code == "done" || f.code == "no-show" || f.code == "left" {
			blocks = append(blocks, l.figure("report.count."+f.code, fmt.Sprint(f.value)))
		}
	}
	blocks = append(blocks, l.line()...)
	return append(blocks,
		l.figure("report.share.level", share(r.All.Level)),
		l.figure("report.paper-apart", fmt.Sprintf("%d / %d", r.All.NoShow, r.All.Left)),
		l.figure("report.share.promise", share(r.All.Promise)),
		l.figure("report.share.first-day", share(r.Counts.FirstDay)), l.figure("report.share.abandoned", share(r.Counts.Abandoned)))
}

// times are minutes: the mean, then the percentiles.
func (l layout) times(r report.Report, services []desk.Service) []slip.Block {
	blocks := []slip.Block{slip.Row{
		Left:  slip.Text{Text: slip.Isolate("x̄  50  80  95 %"), Size: l.em(22)},
		Right: slip.Text{Text: l.text(page.Urdu, "report.minutes") + "  " + l.text(page.English, "report.minutes"), Size: l.em(22)},
	}}
	for _, t := range []struct {
		code string
		of   report.Spread
	}{{"wait", r.All.Wait}, {"wait-visit", r.PerVisit}, {"response", r.All.Response}, {"service", r.All.Service}, {"visit", r.Visit}} {
		blocks = append(blocks, l.figure("report.time."+t.code, spread(t.of)))
	}
	if len(r.Services) == 0 {
		return blocks
	}
	blocks = append(blocks, l.line()...)
	blocks = append(blocks, slip.Text{Text: l.text(page.Urdu, "report.waits") + "  " + l.text(page.English, "report.waits"), Size: l.em(24)})
	for _, s := range r.Services {
		name := s.Key
		if i := slices.IndexFunc(services, func(of desk.Service) bool { return string(of.Code) == s.Key }); i >= 0 {
			name = services[i].NameUr
		}
		blocks = append(blocks, l.fact(name, "", spread(s.Figures.Wait)))
	}
	return blocks
}

// figure is a fact whose words are the pages'.
func (l layout) figure(key, value string) slip.Block {
	return l.fact(l.text(page.Urdu, key), "", value)
}

func share(s report.Share) string {
	if p, ok := s.Percent(); ok {
		return fmt.Sprintf("%d %%", p)
	}
	return "–"
}

// spread is the mean and three percentiles in whole minutes.
func spread(s report.Spread) string {
	if s.N == 0 {
		return "–"
	}
	minutes := func(ms int64) int64 { return (ms + 30_000) / 60_000 }
	return fmt.Sprintf("%d   %d  %d  %d", minutes(s.MeanMs), minutes(s.P50Ms), minutes(s.P80Ms), minutes(s.P95Ms))
}
