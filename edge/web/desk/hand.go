package desk

import (
	"time"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/web/page"
)

// hand is who the desk has called or serves.
type hand struct {
	Visit   string
	Token   string
	Hue     string // letter of the service in hand
	State   string // "called", "serving"
	SinceMS int64  // first called; when served, serving began, with what was served before taken off. Wall milliseconds
	Since   string // when that was on the clock: "09:05"
	Target  target
	Recalls int
	Papers  page.Name // to have ready for the stop in hand
	Steps   []step
	Class   word // zero for normal
	Fact    word // why the class
	Persons int
	Lang    page.Lang
	Needs   []word
	Note    word // that came with a transfer; zero for none
	Marks   []word
	Low     int // promised minutes of waiting
	High    int // 0 when nothing was promised
	Split   bool
	Carried bool // over from another day

	RecallFrom int64 // wall milliseconds: not called again before
	Absent     absent
}

// target is how long the service should take.
type target struct {
	MS  int64
	Min int // 0 for none
}

// absent is when whoever was called may be given up.
type absent struct {
	From  int64 // wall milliseconds
	Calls int   // recalls before that
}

// step is one stop of the journey.
type step struct {
	page.Service
	Stop int // index in the ledger
	Now  bool
	Over bool
	Note word
}

func (d *Desk) hand(c *desk.Call) *hand {
	if c == nil {
		return nil
	}
	h := &hand{
		Visit: string(c.Visit), Token: string(c.Token), State: string(c.State), SinceMS: c.Called.Wall, Since: d.hour(c.Called),
		Recalls: c.Recalls, Steps: d.steps(c), Persons: c.Persons, Lang: page.Lang(c.Lang), Needs: d.needs(c.Needs),
		Marks: d.words("mark", c.Marks), Low: c.LowMin, High: c.HighMin, Split: c.From != "", Carried: c.Carried != "",
		RecallFrom: c.RecallFrom, Absent: absent{c.NoShowFrom, c.NoShowCalls},
	}
	if c.State == visit.StateServing {
		h.SinceMS, h.Since = c.Served.Wall-c.ServedMs, d.hour(c.Served)
		h.Target = target{c.TargetMs, int((c.TargetMs + time.Minute.Milliseconds() - 1) / time.Minute.Milliseconds())}
	}
	if c.Stop < len(h.Steps) {
		h.Papers, h.Hue = h.Steps[c.Stop].Papers, h.Steps[c.Stop].Letter
	}
	if c.Class != "" && c.Class != visit.ClassNormal {
		h.Class = d.word("class", c.Class)
	}
	if c.Fact != "" {
		h.Fact = d.word("door.fact", c.Fact)
	}
	if c.Note != "" {
		h.Note = d.word("note", c.Note)
	}
	return h
}

func (d *Desk) steps(c *desk.Call) []step {
	out := make([]step, 0, len(c.Stops))
	for i, s := range c.Stops {
		shown := step{Service: page.ServiceOf(s.Service), Stop: s.Index, Now: i == c.Stop, Over: i < c.Stop}
		shown.State = string(s.State)
		out = append(out, shown)
	}
	return out
}

// needs is what a visit must have at a desk. A language stands by its own name.
func (d *Desk) needs(n visit.Needs) (out []word) {
	if n.Sex != "" {
		out = append(out, d.word("need", "sex-"+n.Sex))
	}
	if n.Ground {
		out = append(out, d.word("need", "ground"))
	}
	if n.Language != "" {
		out = append(out, word{Code: page.Lang(n.Language).Name()})
	}
	if n.Skill != "" {
		out = append(out, d.word("skill", n.Skill))
	}
	return out
}
