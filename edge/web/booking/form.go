package booking

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	book "markaz.example/edge/book/booking"
	"markaz.example/edge/desk"
	"markaz.example/edge/web/page"
)

func valueOf(s book.Slot) string { return fmt.Sprintf("%s/%s/%d", s.Plan, s.Day, s.Minute) }

// slotOf reads what valueOf wrote. What is none comes back as a slot that no plan has.
func slotOf(value string) book.Slot {
	plan, rest, _ := strings.Cut(value, "/")
	day, minute, _ := strings.Cut(rest, "/")
	n, err := strconv.ParseUint(minute, 10, 16)
	if err != nil {
		return book.Slot{}
	}
	return book.Slot{Plan: plan, Day: day, Minute: uint16(n)}
}

// dayOf is a day that was asked for, or another when it is none.
func dayOf(asked, other string) string {
	if at, err := time.Parse(time.DateOnly, asked); err == nil && at.Format(time.DateOnly) == asked {
		return asked
	}
	return other
}

// reservationOf reads a form: what is out of bounds is left for the floor to refuse.
func reservationOf(f url.Values) desk.Reservation {
	s := slotOf(f.Get("slot"))
	r := desk.Reservation{Plan: s.Plan, Day: s.Day, Minute: s.Minute, Lang: f.Get("visitor"), Channel: "door", Persons: count(f.Get("persons"))}
	if f.Get("channel") == "phone" {
		r.Channel = "phone"
	}
	if !page.Lang(r.Lang).Known() {
		r.Lang = string(page.Urdu)
	}
	r.Weeks, r.Times = series(f.Get("times"))
	return r
}

func series(typed string) (weeks, times int) {
	if times = count(typed); times != 0 {
		weeks = quarter
	}
	return weeks, times
}

// count reads a small number; nothing is 0, and what is none is -1, which the floor refuses.
func count(typed string) int {
	if typed == "" {
		return 0
	}
	n, err := strconv.ParseUint(typed, 10, 8)
	if err != nil {
		return -1
	}
	return int(n)
}
