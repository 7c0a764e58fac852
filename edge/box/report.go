package box

import (
	"fmt"

	"markaz.example/devices/slip"
	"markaz.example/edge/clock"
	"markaz.example/edge/report"
	"markaz.example/edge/web/page"
)

// report is the figures of a day on a short paper: the counts, the shares, the times, and each service's wait. The rest is
// on the screen.
func (l layout) report(r report.Report, reprint bool, at clock.Stamp) slip.Doc {
	blocks := append(l.head(reprint), l.title(l.text(page.Urdu, "report.paper"), l.text(page.English, "report.paper"))...)
	blocks = append(blocks, slip.Text{Text: slip.Isolate(r.Day), Size: l.em(48), Bold: true}, slip.Gap(l.dots(4)))
	for _, mark := range r.Marks {
		blocks = append(blocks, l.spoken("report.mark."+mark)...)
	}
	blocks = append(blocks, slip.Rule{}, slip.Gap(l.dots(6)))
	c := r.Counts
	for _, f := range []struct {
		code  string
		value int
	}{{"asked", c.Asked}, {"done", c.Done}, {"no-show", c.NoShow}, {"left", c.Left}, {"standing", c.Standing}, {"written", c.Written}} {
		blocks = append(blocks, l.figure("report.count."+f.code, fmt.Sprint(f.value)))
	}
	blocks = append(blocks, slip.Rule{}, slip.Gap(l.dots(6)),
		l.figure("report.share.level", share(r.All.Level)), l.figure("report.share.promise", share(r.All.Promise)),
		l.figure("report.share.first-day", share(c.FirstDay)), l.figure("report.share.abandoned", share(c.Abandoned)),
		slip.Rule{}, slip.Gap(l.dots(6)),
		slip.Text{Text: slip.Isolate("50 %   80 %   95 %"), Size: l.em(22)},
		l.figure("report.time.wait", spread(r.All.Wait)), l.figure("report.time.service", spread(r.All.Service)),
		l.figure("report.time.visit", spread(r.Visit)),
		slip.Rule{}, slip.Gap(l.dots(6)),
	)
	return slip.Doc{Blocks: append(blocks, slip.Text{Text: l.when(at), Size: l.em(24)})}
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

// spread is three percentiles in whole minutes.
func spread(s report.Spread) string {
	if s.N == 0 {
		return "–"
	}
	minutes := func(ms int64) int64 { return (ms + 30_000) / 60_000 }
	return fmt.Sprintf("%d  %d  %d", minutes(s.P50Ms), minutes(s.P80Ms), minutes(s.P95Ms))
}
