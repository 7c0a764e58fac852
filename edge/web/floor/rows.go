package floor

import (
	"net/http"
	"slices"
	"strings"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

// lineRow is a service's line.
type lineRow struct {
	page.Service
	Waiting    int
	LongestMin int // wait of whoever waits longest
	TargetMin  int // 0 for none
	Late       bool
	Desks      int    // open ones
	Missed     int    // did not come when called
	Closed     string // why it takes nobody new; empty when it does
}

// deskRow is a desk, and who is there on either side of it.
type deskRow struct {
	Desk  string
	Room  string
	Staff string // code; empty for nobody
	State string // "open", "paused", "closed"
	Why   string // in words
	Token string // empty when free
	Doing string // "called", "serving"
	Since int64  // wall milliseconds since 1970 UTC; 0 when no clock is to be trusted
}

// said is an announcement.
type said struct {
	Seq        uint64
	Text, Room string
	Until      string // "09:05"
}

// place is where a number is.
type place struct {
	Token, Visit string
	State        string
	Stops        []page.Service
	Desk, Room   string
	Ahead        int
	MayPrint     bool
}

// choices is what the forms of the page offer.
type choices struct {
	Desks    []string
	Services []page.Service
	Rooms    []string
	Pauses   []string
	Whys     []string
	Facts    []fact
	Lasts    []int
	Time     string // now, for the field of somebody who knows better; empty when nobody can say so
}

func (d *Pages) choices() choices {
	c := choices{Pauses: desk.Pauses(), Whys: whys(), Facts: facts(), Lasts: lasts()}
	if d.SetTime != nil {
		c.Time = d.Floor.Today().In(d.Zone).Format(typedTime)
	}
	for _, s := range d.Catalogue.Services {
		c.Services = append(c.Services, page.ServiceOf(s))
	}
	for _, at := range d.Catalogue.Desks {
		c.Desks = append(c.Desks, string(at.Code))
		if at.Room != "" && !slices.Contains(c.Rooms, at.Room) {
			c.Rooms = append(c.Rooms, at.Room)
		}
	}
	return c
}

// why puts the code of a reason into words; one that has none is shown as it is.
func (d *Pages) why(lang page.Lang) func(string) string {
	return func(code string) string {
		for _, key := range []string{"why." + code, "pause." + code} {
			if d.kit.Has(lang, key) {
				return d.kit.Text(lang, key)
			}
		}
		return code
	}
}

const minuteMs = 60_000

func lineRows(lines []desk.Line, why func(string) string) []lineRow {
	var rows []lineRow
	for _, l := range lines {
		row := lineRow{
			Service: page.ServiceOf(l.Service), Waiting: l.Waiting, LongestMin: int(l.LongestMs / minuteMs),
			TargetMin: int(l.Service.Wait.Minutes()), Desks: l.Desks, Missed: l.Missed,
		}
		row.Late = row.TargetMin > 0 && l.LongestMs > l.Service.Wait.Milliseconds()
		if l.Closed {
			row.Closed = why(l.Reason)
		}
		rows = append(rows, row)
	}
	return rows
}

func deskRows(boards []desk.DeskBoard, why func(string) string) []deskRow {
	var rows []deskRow
	for _, b := range boards {
		row := deskRow{Desk: string(b.Desk.Code), Room: b.Desk.Room, Staff: b.Staff, State: string(b.State)}
		since := b.Since
		if b.Reason != "" {
			row.Why = why(b.Reason)
		}
		if c := b.Current; c != nil {
			row.Token, row.Doing, since = string(c.Token), string(c.State), c.Called
			if c.State == visit.StateServing {
				since = c.Served
			}
		}
		if since.Grade >= clock.RTC && (row.Token != "" || b.State != visit.DeskOpen) {
			row.Since = since.Wall
		}
		rows = append(rows, row)
	}
	return rows
}

func (d *Pages) saidRows(all []desk.Announcement) []said {
	var rows []said
	for _, a := range all {
		rows = append(rows, said{a.Seq, a.Text, a.Room, d.hour(a.Until)})
	}
	return rows
}

// seek finds the number that the page was asked for.
func (d *Pages) seek(r *http.Request, p *floorPage) {
	typed := r.FormValue("token")
	if typed == "" {
		return
	}
	p.Sought = shortened(typed)
	token := tokenOf(typed)
	if token.Check() != nil {
		p.Refusal, _ = d.kit.Refusal(page.LangOf(r), desk.Refuse(desk.NoSuchVisit))
		return
	}
	at, err := d.Floor.ByToken(r.Context(), token)
	if err != nil {
		p.Refusal, _ = d.kit.Refusal(page.LangOf(r), err)
		return
	}
	p.Place = &place{
		Token: string(at.Token), Visit: string(at.Visit), State: string(at.State), Stops: page.StopsOf(at.Stops),
		Desk: string(at.Desk), Room: at.Room, Ahead: at.Ahead, MayPrint: !over(at.State),
	}
}

func over(s visit.State) bool {
	return slices.Contains([]visit.State{visit.StateDone, visit.StateLeft, visit.StateCancelled, visit.StateFailed}, s)
}

// tokenOf is a number as people write it: "b 42" is B042, with the digits of either alphabet.
func tokenOf(typed string) id.Token {
	s := strings.ToUpper(strings.Join(strings.Fields(latin(typed)), ""))
	if len(s) < 2 || len(s) > 4 || s[0] > 'Z' {
		return id.Token(s)
	}
	return id.Token(s[:1] + strings.Repeat("0", 4-len(s)) + s[1:])
}

// latin puts the digits of Urdu and Arabic into those of the tokens.
func latin(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '۰' && r <= '۹':
			return '0' + r - '۰'
		case r >= '٠' && r <= '٩':
			return '0' + r - '٠'
		}
		return r
	}, s)
}

// shortened is what was typed, to be shown again.
func shortened(s string) string {
	if len([]rune(s)) > 40 {
		return string([]rune(s)[:40])
	}
	return s
}
