package page

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"markaz.example/edge/id"
	"markaz.example/sync/fleet"
	"markaz.example/sync/fleet/district"
)

// sheet is all about one centre.
type sheet struct {
	fleet.Detail
	texts texts
}

// sheetParts are the parts of a centre's page, in their order.
var sheetParts = []string{"state", "forks", "figures", "trail", "conditions", "packs", "refusals", "chains", "newest"}

func (s *Site) centreParts(l Lang, code id.Centre) (map[string]string, error) {
	d, ok := s.fleet.Detail(code)
	if !ok {
		return nil, fmt.Errorf("centre %s is not on the list any more", code)
	}
	return s.parts(l, sheet{d, s.texts[l]}, sheetParts...)
}

// centrePage is a whole page of a centre.
type centrePage struct {
	frame
	Centre fleet.Centre
	Back   string
	Parts  []template.HTML
}

func (s *Site) centre(w http.ResponseWriter, r *http.Request) {
	l, code := langOf(r), id.Centre(r.PathValue("code"))
	d, ok := s.fleet.Detail(code)
	if !ok {
		p := centrePage{frame: s.frame(l, s.texts[l].Plain("title.unknown")), Back: filter{}.address(l)}
		p.Switch = filter{}.address(l.Other())
		s.write(w, l, http.StatusNotFound, "unknown", p)
		return
	}
	parts, err := s.parts(l, sheet{d, s.texts[l]}, sheetParts...)
	if err != nil {
		s.fail(w, err)
		return
	}
	p := centrePage{frame: s.frame(l, pick(l, d.Centre.Name, d.Centre.NameUR)), Centre: d.Centre, Back: filter{}.address(l)}
	p.Live = "/live?lang=" + string(l) + "&centre=" + string(code)
	p.Switch = "/centre/" + string(code) + "?lang=" + string(l.Other())
	for _, name := range sheetParts {
		p.Parts = append(p.Parts, template.HTML(parts[name]))
	}
	s.write(w, l, http.StatusOK, "centre", p)
}

// Place is the centre's district on the map, or as the list has it.
func (p centrePage) Place() string {
	if d, ok := district.Find(p.Centre.District); ok {
		return pick(p.Lang, d.Name, d.NameUR)
	}
	return p.Centre.District
}

// Skew says how far the box's clock is off; empty when nobody can tell, or it is right to the second.
func (s sheet) Skew() string {
	d := time.Duration(s.Centre.SkewMS) * time.Millisecond
	switch {
	case d >= time.Second:
		return s.texts.Plain("clock.ahead", duration(s.texts, d))
	case d <= -time.Second:
		return s.texts.Plain("clock.back", duration(s.texts, -d))
	}
	return ""
}

// Forked says whether there is a branch to show.
func (s sheet) Forked() bool {
	return slices.ContainsFunc(s.Chains, func(c fleet.Chain) bool { return len(c.Forks) > 0 })
}

// Remedies are the keys of what to do: for its state, then for each of its marks.
func (s sheet) Remedies() (out []string) {
	out = append(out, "do."+string(s.Centre.State))
	for _, m := range s.Centre.Marks {
		out = append(out, "do."+string(m))
	}
	return out
}

// Size of the drawing of the last hour.
const (
	trailWidth  = 600
	trailHeight = 90
)

// curve is the last hour as a drawing: the lag as a line, and the minutes without a link as a band below.
type curve struct {
	Line  string // points of a polyline
	Gaps  []gap
	Most  uint64 // the greatest lag: the top of the drawing
	Count int
}

// gap is a stretch without a link.
type gap struct{ X, Width int }

// Curve draws the trail, its newest point at the right in either direction of writing: time runs as on a clock's face.
func (s sheet) Curve() (c curve) {
	c.Count = len(s.Trail)
	for _, p := range s.Trail {
		c.Most = max(c.Most, p.Lag)
	}
	var points []string
	for i, p := range s.Trail {
		x := place(s.At, p.At)
		y := trailHeight - int(float64(p.Lag)/float64(max(c.Most, 1))*(trailHeight-6)) - 2
		points = append(points, fmt.Sprintf("%d,%d", x, y))
		if p.Linked {
			continue
		}
		next := trailWidth
		if i+1 < len(s.Trail) {
			next = place(s.At, s.Trail[i+1].At)
		}
		c.addGap(gap{x, max(next-x, 1)})
	}
	c.Line = strings.Join(points, " ")
	return c
}

// addGap makes one band of minutes that touch.
func (c *curve) addGap(g gap) {
	if n := len(c.Gaps); n > 0 && c.Gaps[n-1].X+c.Gaps[n-1].Width >= g.X {
		c.Gaps[n-1].Width = g.X + g.Width - c.Gaps[n-1].X
		return
	}
	c.Gaps = append(c.Gaps, g)
}

// place is where a moment of the last hour lies.
func place(now, at time.Time) int {
	age := min(max(now.Sub(at), 0), time.Hour)
	return trailWidth - int(age*trailWidth/time.Hour)
}
