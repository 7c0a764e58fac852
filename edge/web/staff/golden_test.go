package staff

import (
	"flag"
	"net/url"
	"testing"

	"markaz.example/edge/web/page"
	"markaz.example/edge/web/page/pagetest"
)

var update = flag.Bool("update", false, "write the golden pages anew")

func TestGolden(t *testing.T) {
	kit := pagetest.Kit(t)
	s, err := New(kit, Config{})
	if err != nil {
		t.Fatal(err)
	}
	refused := &page.Refusal{What: "What <is> wrong.", Remedy: "What to do."}
	sadia := person{
		Code: "S002", Name: "Sadia <b>", Role: "nurse", Skills: "sign-language", Languages: "ur ps", Sex: "female", Where: "A", Since: "08:55",
		Paused: "prayer", Locked: false, Failures: 2, Roles: roles(),
	}
	locked, gone := sadia, sadia
	locked.Code, locked.Where, locked.Paused, locked.Locked = "S003", "", "", true
	gone.Code, gone.Ended = "S004", true
	manager := person{Code: "S001", Name: "نسرین", Role: "manager", Where: "floor", Since: "08:40", Roles: roles()}
	notes := []noted{
		{What: "approved", At: "2026-11-22 10:14", Who: "نسرین · S001", By: "Sadia · S002", Detail: "reprint", Place: "A", About: "K5QXG43UOVZGKZDT"},
		{What: "took-over", At: "2026-11-22 10:10", Who: "نسرین · S001", Detail: "Sadia · S002", Place: "A"},
		{What: "failed", Place: "floor"}, {What: "failed", Who: "Sadia · S002", Place: "B"},
		{What: "locked", Who: "Sadia · S002"}, {What: "unlocked", Who: "Sadia · S002", By: "نسرین · S001"}, {What: "unlocked", Who: "Sadia · S002", By: "نسرین · S001", Detail: "alone"}, {What: "pin-set", Who: "Sadia · S002"},
		{What: "changed", Who: "Sadia · S002", Detail: "nurse"}, {What: "ended", Who: "Sadia · S004", Detail: "left"},
		{What: "broke-glass", Who: "Sadia · S002", Detail: "number", Place: "A"}, {What: "saw-glass", Who: "Sadia · S002", By: "نسرین · S001", Place: "A"},
	}
	at := &there{"Sadia <b>", "S002", "10:14"}
	for name, c := range map[string]struct {
		screen *page.Screen
		title  string
		data   any
	}{
		"signin-empty":   {s.signIn, "signin.title", signInPage{Path: "/desk/A", Desk: "A"}},
		"signin-floor":   {s.signIn, "signin.title", signInPage{Path: "/floor"}},
		"signin-there":   {s.signIn, "signin.title", signInPage{Path: "/desk/A", Desk: "A", There: at}},
		"signin-lost":    {s.signIn, "signin.title", signInPage{Path: "/desk/A", Desk: "A", There: at, Lost: true}},
		"signin-refused": {s.signIn, "signin.title", signInPage{Path: "/desk/A", Desk: "A", There: &there{Name: "Sadia", Code: "S002"}, Typed: "7", Wait: 20, Refusal: refused}},
		"me":             {s.me, "me.title", mePage{Path: "/desk/A", Desk: "A", Home: "/desk/A", Name: "Sadia <b>", Code: "S002", Role: "nurse", Since: "08:55", Pauses: []string{"prayer", "meal", "break", "meeting", "machine"}}},
		"me-paused":      {s.me, "me.title", mePage{Path: "/desk/A", Desk: "A", Home: "/desk/A", Name: "Sadia", Code: "S002", Role: "nurse", Paused: "prayer", At: "13:05", Refusal: refused, Wait: 5}},
		"me-floor":       {s.me, "me.title", mePage{Path: "/floor", Home: "/floor", Name: "نسرین", Code: "S001", Role: "manager", Done: "me.pin-changed"}},
		"second":         {s.second, "second.title", secondPage{Path: "/desk/A", Act: "reprint", Who: "Sadia <b>"}},
		"second-refused": {s.second, "second.title", secondPage{Path: "/desk/A", Act: "favour", Who: "Sadia", Typed: "S001", Wait: 5, Refusal: refused}},
		"glass":          {s.glass, "glass.title", glassPage{Path: "/desk/B", Desk: "B", Visit: "K5QXG43UOVZGKZDT", Back: "household", Choices: []glassChoice{{"field-number", true}, {"field-growth", false}, {"act-measure", false}}, Reasons: []string{"nobody-here", "urgent"}}},
		"glass-refused":  {s.glass, "glass.title", glassPage{Path: "/desk/B", Desk: "B", Choices: []glassChoice{{"act-serve", false}}, Reasons: []string{"urgent"}, Refusal: refused}},
		"people-none":    {s.people, "people.title", peoplePage{None: true, Blank: person{Roles: roles()}}},
		"people-full":    {s.people, "people.title", peoplePage{People: []person{manager, sadia, locked}, Left: 1, Chosen: &sadia, Blank: person{Roles: roles()}, Notes: notes, New: "S005"}},
		"people-locked":  {s.people, "people.title", peoplePage{People: []person{manager, locked}, Chosen: &locked, Blank: person{Roles: roles()}, Refusal: refused}},
		"people-gone":    {s.people, "people.title", peoplePage{People: []person{manager}, Chosen: &gone, Blank: person{Roles: roles()}}},
	} {
		pagetest.Golden(t, *update, kit, c.screen, name, page.Frame{Title: c.title, Self: &url.URL{Path: "/desk/A"}, Data: c.data})
	}
}
