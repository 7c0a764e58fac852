package desk

import (
	"time"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/web/page"
)

// aside is who is not at the desk: in line, on hold, parked, missed.
type aside struct {
	Waiting int         // over all lines of the desk
	Lines   []page.Line //
	Lists   []list      // those that have somebody
	Pick    []word      // why somebody is called out of turn
	MayPick bool        // the desk is free
	Leave   []word
}

// list is people in one state.
type list struct {
	State string // "waiting", "hold", "parked", "no-show"
	Rows  []row
}

// row is one of them.
type row struct {
	Visit   string
	Token   string
	Service page.Service
	Class   word  // zero for normal
	Persons int   // 0 for one
	SinceMS int64 // in that state, wall milliseconds
	Minutes int
	Reason  word // of a hold or park
	Desk    string
	Pool    bool
	Carried bool
}

// reasonFamily is where the texts of a state's reasons are.
var reasonFamily = map[visit.State]string{visit.StateHold: "hold", visit.StateParked: "park"}

func (d *Desk) aside(b desk.DeskBoard) aside {
	a := aside{
		Lines: page.LinesOf(b.Lines), Pick: d.words("pick", pickReasons), Leave: d.words("leave", leaveReasons), MayPick: canDo(b).Next,
	}
	for _, l := range b.Lines {
		a.Waiting += l.Waiting
	}
	for _, l := range []struct {
		state visit.State
		who   []desk.Waiting
	}{{visit.StateWaiting, b.Next}, {visit.StateHold, b.Held}, {visit.StateParked, b.Parked}, {visit.StateNoShow, b.Missed}} {
		if len(l.who) > 0 {
			a.Lists = append(a.Lists, list{string(l.state), d.rows(l.who)})
		}
	}
	return a
}

func (d *Desk) rows(who []desk.Waiting) []row {
	out := make([]row, 0, len(who))
	for _, w := range who {
		r := row{
			Visit: string(w.Visit), Token: string(w.Token), Service: page.ServiceOf(w.Service), Persons: w.Persons,
			SinceMS: w.Since.Wall, Minutes: int(w.WaitedMs / time.Minute.Milliseconds()), Desk: string(w.Desk), Pool: w.Pool, Carried: w.Carried != "",
		}
		if w.Class != "" && w.Class != visit.ClassNormal {
			r.Class = d.word("class", w.Class)
		}
		if w.Reason != "" {
			r.Reason = d.word(reasonFamily[w.State], w.Reason)
		}
		out = append(out, r)
	}
	return out
}
