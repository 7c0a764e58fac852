package household

import (
	"flag"
	"testing"

	"go.uber.org/goleak"

	"markaz.example/edge/web/page"
	"markaz.example/edge/web/page/pagetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The people of these pages never were.
func TestGolden(t *testing.T) {
	kit := pagetest.Kit(t)
	h, err := New(kit, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	base := householdPage{Desk: "B", Visit: "VVVVVVVVVVVVVVVV", Token: "N041", Service: page.Name{Ur: "نشوونما", En: "Nashonuma"}, Back: shownSeconds}
	ours := &family{ID: "HHHHHHHHHHHHHHHH", Visits: 3, Here: true, Members: []member{
		{Person: "MMMMMMMMMMMMMMMM", As: "mother", Sex: "female", Name: "Z… B…", Number: "•••••-••••321-2", NumberKind: "cnic", Age: "household.years", AgeCount: 28, Precision: "month"},
		{Person: "CCCCCCCCCCCCCCCC", As: "child", Sex: "male", Name: "گ… م…", Age: "household.months", AgeCount: 20, Precision: "exact", ToRegister: true},
		{Person: "DDDDDDDDDDDDDDDD", As: "child", Sex: "female", Closed: true},
	}}
	at := func(do string, f *family, change func(*householdPage)) householdPage {
		p := base
		p.Family = f
		p.open(do, "MMMMMMMMMMMMMMMM")
		if change != nil {
			change(&p)
		}
		return p
	}
	theirs := *ours
	theirs.Here = false
	for name, p := range map[string]householdPage{
		"nobody": {Desk: "B"},
		"find":   at("", nil, nil),
		"found": at("", nil, func(p *householdPage) {
			p.Found, p.Do = &theirs, ""
			p.Refusal = &page.Refusal{What: "registered already", Remedy: "compare"}
		}),
		"mother": at("mother", nil, func(p *householdPage) { p.Form.Name, p.Doubts = "Zarmina <b>", []string{"sex", "no-number"} }),
		"family": at("", ours, nil),
		"shown": at("", ours, func(p *householdPage) {
			p.Shown = &shown{"MMMMMMMMMMMMMMMM", "Zarmina Bibi", "69901-7654321-2", "1998-07", "month", nil}
		}),
		"masked": at("", ours, func(p *householdPage) {
			p.Shown = &shown{Person: "MMMMMMMMMMMMMMMM", Name: "Zarmina Bibi", Hidden: []hidden{{"number", "•••••-••••321-2"}, {"birth", ""}}}
		}),
		"child":   at("child", ours, func(p *householdPage) { p.Doubts = []string{"twin"} }),
		"adult":   at("adult", ours, nil),
		"correct": at("correct", ours, nil),
	} {
		pagetest.Golden(t, *update, kit, h.screen, name, page.Frame{Title: "household.title", Live: "/desk/B/household/live", Data: p})
	}
}
