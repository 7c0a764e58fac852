package page

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"markaz.example/sync/fleet"
	"markaz.example/sync/fleet/district"
)

// overview is the map with its list.
type overview struct {
	fleet.Report
	Tiles []tile
	Rows  []row
	Off   []row // centres of districts that the map does not have
}

// survey puts the fleet onto the map.
func (s *Site) survey(l Lang, r fleet.Report) overview {
	o := overview{Report: r}
	at := map[string]*tile{}
	for _, d := range district.All() {
		o.Tiles = append(o.Tiles, tile{District: d, Lang: l, texts: s.texts[l]})
	}
	for i := range o.Tiles {
		at[o.Tiles[i].Code] = &o.Tiles[i]
	}
	for _, c := range r.Centres {
		d, known := district.Find(c.District)
		row := newRow(l, c, d)
		if known {
			at[d.Code].add(c)
		} else {
			o.Off = append(o.Off, row)
		}
		o.Rows = append(o.Rows, row)
	}
	return o
}

// Needing is how many centres wait for a person.
func (o overview) Needing() int { return o.In(fleet.Forked) + o.In(fleet.Refused) + o.In(fleet.Silent) }

// NodeLag is how many entries of the log a node has yet to apply that another one has.
func (o overview) NodeLag(n fleet.Node) uint64 {
	var most uint64
	for _, other := range o.Nodes {
		most = max(most, other.Applied)
	}
	if n.State == "unreachable" || most-n.Applied <= nodeLagShown {
		return 0
	}
	return most - n.Applied
}

// NodeState is the word for a node: what it is in the group, or what is wrong with it.
func (o overview) NodeState(n fleet.Node) string {
	switch {
	case n.Leader:
		return "leader"
	case n.State == "follower" && o.NodeLag(n) > 0:
		return "behind"
	case n.State == "follower" || n.State == "candidate":
		return n.State
	}
	return "unreachable"
}

// orderPart is no element: it says which rows there are, in which order.
const orderPart = "order"

func (s *Site) overviewParts(l Lang, m memo) (map[string]string, error) {
	o := s.survey(l, s.fleet.Report())
	out, err := s.parts(l, o, "fault", "sum", "nodes", "off")
	if err != nil {
		return nil, err
	}
	order := make([]string, len(o.Rows))
	for i, r := range o.Rows {
		order[i] = string(r.Code)
		id := "row-" + string(r.Code)
		if out[id], err = m.part(s, l, id, "row", r); err != nil {
			return nil, err
		}
	}
	out[orderPart] = strings.Join(order, " ")
	for _, t := range o.Tiles {
		id := "tile-" + t.Code
		if out[id], err = m.part(s, l, id, "tile", t); err != nil {
			return nil, err
		}
	}
	for _, state := range fleet.States() {
		out["count-"+string(state)] = count(string(state), o.Count[state])
	}
	for _, mark := range fleet.Marks() {
		out["count-"+string(mark)] = count(string(mark), o.Marked[mark])
	}
	m.keep(out)
	return out, nil
}

func count(of string, n int) string {
	none := ""
	if n == 0 {
		none = " zero"
	}
	return fmt.Sprintf(`<bdi id="count-%s" class="count%s">%d</bdi>`, of, none, n)
}

// parts renders templates whose names are those of their elements.
func (s *Site) parts(l Lang, data any, names ...string) (out map[string]string, err error) {
	out = map[string]string{}
	for _, name := range names {
		if out[name], err = s.part(l, name, data); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// overviewPage is a whole page of the map, put together from its board's parts.
type overviewPage struct {
	frame
	Filter filter
	Total  int
	Shown  int
	parts  map[string]string
	rows   []row
	tiles  []tile
}

// overview serves the map.
func (s *Site) overview(w http.ResponseWriter, r *http.Request) {
	l := langOf(r)
	b := s.hub.overview(l)
	if err := b.refresh(); err != nil {
		s.fail(w, err)
		return
	}
	state, _ := b.since(0)
	o := s.survey(l, s.fleet.Report())
	p := overviewPage{frame: s.frame(l, s.texts[l].Plain("title.fleet")), Filter: filterOf(r.URL.Query()), parts: state.Parts, rows: o.Rows, tiles: o.Tiles}
	p.Version, p.Live, p.Total = state.Version, "/live?lang="+string(l), len(o.Rows)
	p.Switch = p.Filter.address(l.Other())
	for _, row := range o.Rows {
		if p.Filter.matches(row) {
			p.Shown++
		}
	}
	s.write(w, l, http.StatusOK, "overview", p)
}

// Part is a part as it is on the board.
func (p overviewPage) Part(id string) template.HTML { return template.HTML(p.parts[id]) }

// Rows is the list, those that the filter leaves out hidden: the script finds them there when the filter changes.
func (p overviewPage) Rows() (out []template.HTML) {
	matching := map[string]bool{}
	for _, r := range p.rows {
		matching[string(r.Code)] = p.Filter.matches(r)
	}
	for _, code := range strings.Fields(p.parts[orderPart]) {
		html := p.parts["row-"+code]
		if !matching[code] {
			html = strings.Replace(html, "<tbody ", "<tbody hidden ", 1)
		}
		out = append(out, template.HTML(html))
	}
	return out
}

// Tiles is the map, districts dimmed where the filter shows no centre.
func (p overviewPage) Tiles() (out []template.HTML) {
	bright := map[string]bool{}
	for _, r := range p.rows {
		bright[r.Place] = bright[r.Place] || p.Filter.matches(r)
	}
	for _, t := range p.tiles {
		html := p.parts["tile-"+t.Code]
		switch {
		case t.Code == p.Filter.District:
			html = strings.Replace(html, `class="tile `, `aria-current="true" class="tile chosen `, 1)
		case !p.Filter.Empty() && !bright[t.Code]:
			html = strings.Replace(html, `class="tile `, `class="tile dim `, 1)
		}
		out = append(out, template.HTML(html))
	}
	return out
}

// chip is one choice of the filter.
type chip struct {
	Name, Kind string
	On         bool
	Address    string
}

// StateChips are the choices of states, each with the address that has it changed.
func (p overviewPage) StateChips() (out []chip) {
	for _, s := range fleet.States() {
		f := p.Filter
		f.States = toggled(f.States, s)
		out = append(out, chip{string(s), "state", len(f.States) < len(p.Filter.States), f.address(p.Lang)})
	}
	return out
}

// MarkChips are those of the marks.
func (p overviewPage) MarkChips() (out []chip) {
	for _, m := range fleet.Marks() {
		f := p.Filter
		f.Marks = toggled(f.Marks, m)
		out = append(out, chip{string(m), "mark", len(f.Marks) < len(p.Filter.Marks), f.address(p.Lang)})
	}
	return out
}

// Regions are the names on the map.
func (p overviewPage) Regions() []string { return district.Regions() }
