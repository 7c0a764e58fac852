package box

import (
	"fmt"
	"slices"
	"strings"

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
		blocks = append(blocks, l.described("report.overtaken", fmt.Sprintf("%d.%d", tenths/10, tenths%10)))
	}
	return slip.Doc{Blocks: append(blocks, slip.Text{Text: l.when(at), Size: l.em(24)})}
}

// line parts a paper.
func (l layout) line() []slip.Block { return []slip.Block{slip.Rule{}, slip.Gap(l.dots(6))} }

// heading says in both languages what the lines beneath it are.
func (l layout) heading(key string) []slip.Block {
	return []slip.Block{
		slip.Text{Text: l.text(page.Urdu, key), Size: l.em(26), Bold: true},
		slip.Text{Text: l.text(page.English, key), Size: l.em(20)},
		slip.Gap(l.dots(4)),
	}
}

// counted is the visits, and the shares with who stands beside the service level.
func (l layout) counted(r report.Report) (blocks []slip.Block) {
	c := r.Counts
	for _, f := range []struct {
		code  string
		value int
	}{
		{"asked", c.Asked}, {"issued", c.Issued}, {"done", c.Done}, {"no-show", c.NoShow}, {"left", c.Left}, {"cancelled", c.Cancelled},
		{"failed", c.Failed}, {"standing", c.Standing}, {"carried-in", c.CarriedIn}, {"carried-over", c.CarriedOver}, {"written", c.Written},
		{"quick", r.All.Quick},
	} {
		if f.value > 0 || f.code == "asked" || f.code == "done" || f.code == "no-show" || f.code == "left" {
			blocks = append(blocks, l.figure("report.count."+f.code, fmt.Sprint(f.value)))
		}
	}
	blocks = append(blocks, l.line()...)
	return append(blocks,
		l.described("report.share.level", share(r.All.Level)),
		l.described("report.apart-no-show", fmt.Sprint(r.All.NoShow)), l.described("report.apart-left", fmt.Sprint(r.All.Left)),
		l.described("report.share.promise", share(r.All.Promise)),
		l.described("report.share.first-day", share(r.Counts.FirstDay)), l.described("report.share.abandoned", share(r.Counts.Abandoned)))
}

// times are minutes: the mean, then the percentiles.
func (l layout) times(r report.Report, services []desk.Service) []slip.Block {
	blocks := l.heading("report.paper-times")
	for _, t := range []struct {
		code string
		of   report.Spread
	}{{"wait", r.All.Wait}, {"wait-visit", r.PerVisit}, {"response", r.All.Response}, {"service", r.All.Service}, {"visit", r.Visit}} {
		key := "report.time." + t.code
		blocks = append(blocks, l.timed(l.text(page.Urdu, key), l.text(page.English, key), t.of))
	}
	if len(r.Services) == 0 {
		return blocks
	}
	blocks = append(blocks, l.line()...)
	blocks = append(blocks, l.heading("report.waits")...)
	for _, s := range r.Services {
		ur, en := "", s.Key
		if i := slices.IndexFunc(services, func(of desk.Service) bool { return string(of.Code) == s.Key }); i >= 0 {
			ur, en = services[i].NameUr, services[i].NameEn
		}
		blocks = append(blocks, l.timed(ur, en, s.Figures.Wait))
	}
	return blocks
}

// figure is a fact whose words are the pages'.
func (l layout) figure(key, value string) slip.Block {
	return l.fact(l.text(page.Urdu, key), l.text(page.English, key), value)
}

// described is a figure with words too long for one line.
func (l layout) described(key, value string) slip.Block {
	return l.fact(l.text(page.Urdu, key)+"\n", l.text(page.English, key), value)
}

// timed is a line of minutes, in letters that leave its name room.
func (l layout) timed(ur, en string, of report.Spread) slip.Block {
	return slip.Row{
		Left:  slip.Text{Text: slip.Isolate(spread(of)), Size: l.em(24), Bold: true},
		Right: slip.Text{Text: both(ur, en, "\n"), Size: l.em(22)},
	}
}

func share(s report.Share) string {
	if p, ok := s.Percent(); ok {
		return fmt.Sprintf("%d %%", p)
	}
	return "–"
}

// figureSpace is as wide as a digit, so that figures stand in columns.
const figureSpace = "\u2007"

// spread is the mean and three percentiles in whole minutes.
func spread(s report.Spread) string {
	if s.N == 0 {
		return "–"
	}
	minutes := func(ms int64) int64 { return (ms + 30_000) / 60_000 }
	var cells []string
	for _, ms := range []int64{s.MeanMs, s.P50Ms, s.P80Ms, s.P95Ms} {
		cells = append(cells, strings.ReplaceAll(fmt.Sprintf("%3d", minutes(ms)), " ", figureSpace))
	}
	return strings.Join(cells, " ") // a line is broken between figures, never inside of one
}
