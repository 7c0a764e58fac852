package booking

import (
	"testing"

	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

const name = "K5QXG43UOVZGKZDT"

func booked() Booked {
	return Booked{
		Pass: "40718852", Plan: "nash", Service: "nashonuma", Day: "2026-12-01", Minute: 570, Place: 3, Lent: true, Persons: 2,
		Lang: "ur", Channel: "door", Household: "HHHHHHHHHHHHHHHH", Weeks: 13, Left: 3, After: "BBBBBBBBBBBBBBBB",
	}
}

var frozen = []ledgertest.Frozen{
	{Kind: "booking.booked/1", Event: booked(), Body: "ae0168343037313838353202646e61736803696e6173686f6e756d61046a323032362d31322d30310519023a060307f50802096275720a64646f6f720b70484848484848484848484848484848480c0d0d030e7042424242424242424242424242424242"},
	{Kind: "booking.moved/1", Event: Moved{"nash", "2026-12-01", 570, 3, true}, Body: "a501646e617368026a323032362d31322d30310319023a040305f5"},
	{Kind: "booking.cancelled/1", Event: Cancelled{"asked"}, Body: "a1016561736b6564"},
	{Kind: "booking.checked-in/1", Event: CheckedIn{"VVVVVVVVVVVVVVVV"}, Body: "a1017056565656565656565656565656565656"},
	{Kind: "booking.released/1", Event: Released{10}, Body: "a1010a"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, Book(), frozen) }

func FuzzBody(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }

func TestChecks(t *testing.T) {
	wrong := func(change func(*Booked)) Booked {
		e := booked()
		change(&e)
		return e
	}
	for name, e := range map[string]ledger.Event{
		"no pass":               wrong(func(e *Booked) { e.Pass = "0123" }),
		"no plan":               wrong(func(e *Booked) { e.Plan = "" }),
		"a plan of 13 letters":  wrong(func(e *Booked) { e.Plan = "abcdefghijklm" }),
		"a day in words":        wrong(func(e *Booked) { e.Day = "tuesday" }),
		"a minute of tomorrow":  wrong(func(e *Booked) { e.Minute = 1440 }),
		"place 0":               wrong(func(e *Booked) { e.Place = 0 }),
		"nobody":                wrong(func(e *Booked) { e.Persons = 0 }),
		"no household's name":   wrong(func(e *Booked) { e.Household = "Bibi" }),
		"a series without ends": wrong(func(e *Booked) { e.Left = TimesMax + 1 }),
		"a series of no weeks":  wrong(func(e *Booked) { e.Weeks = 0 }),
		"after nothing":         wrong(func(e *Booked) { e.After = "B" }),
		"moved nowhere":         Moved{},
		"cancelled in words":    Cancelled{"She asked"},
		"came on no visit":      CheckedIn{"V"},
		"late by days":          Released{1441},
	} {
		if e.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
