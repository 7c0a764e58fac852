package station

import (
	"flag"
	"slices"
	"testing"

	"markaz.example/edge/desk"
	"markaz.example/edge/web/page"
	"markaz.example/edge/web/page/pagetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func pages(t *testing.T) (*page.Kit, *Station) {
	t.Helper()
	kit := pagetest.Kit(t)
	s, err := New(kit, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return kit, s
}

func TestGoldenFinger(t *testing.T) {
	kit, s := pages(t)
	fingers := slices.Clone(hands)
	fingers[6].Asked, fingers[6].Failed = true, 2
	base := fingerPage{
		Desk: "A", Token: "A041", Service: page.Name{Ur: "کفالت", En: "Kafaalat"}, Fingers: fingers, Reasons: desk.Exceptions(),
		Finger: "right-index", Left: 1, Last: "messy", Quality: 31, MayFile: true,
	}
	waiting, filed, passed := base, base, base
	base.State, waiting.State = "ready", "waiting"
	filed.State, filed.Finger, filed.Reason, filed.Case = "filed", "", "worn", "K5QX G43U"
	passed.State, passed.Finger, passed.Last, passed.Quality = "passed", "", "taken", 78
	for name, p := range map[string]fingerPage{
		"finger-nobody": {Desk: "A", State: "nobody", Reasons: desk.Exceptions()}, "finger-ready": base,
		"finger-waiting": waiting, "finger-filed": filed, "finger-passed": passed,
	} {
		pagetest.Golden(t, *update, kit, s.finger, name, page.Frame{Title: "finger.title", Live: "/desk/A/finger/live", Data: p})
	}
}
