package station

import (
	"flag"
	"slices"
	"testing"

	"markaz.example/edge/book/reading"
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

func TestGoldenMeasure(t *testing.T) {
	kit, s := pages(t)
	base := measurePage{Desk: "B", Token: "N042", Service: page.Name{Ur: "نشوونما", En: "Nashonuma"}}
	choose, weigh, length, unusual := base, base, base, base
	for _, own := range plans {
		choose.Plans = append(choose.Plans, own.code)
	}
	choose.Kept = []kept{{"child", "weight", "scale", "4.250 kg"}, {"child", "length", "typed", "56.4 cm"}}
	weigh.Step, weigh.Weighs, weigh.Scale, weigh.Shows = "weigh-again", true, "steady", "4.250 kg"
	length.Step, length.Types = "length", true
	unusual.Step, unusual.Asks = "confirm-weight", "25.000 kg"
	for name, p := range map[string]measurePage{
		"measure-nobody": {Desk: "B"}, "measure-choose": choose, "measure-weigh": weigh, "measure-length": length, "measure-unusual": unusual,
	} {
		pagetest.Golden(t, *update, kit, s.measure, name, page.Frame{Title: "measure.title", Live: "/desk/B/measure/live", Data: p})
	}
}

func TestShown(t *testing.T) {
	for want, got := range map[string]string{
		"4.250 kg": Kilograms(4250), "-0.020 kg": Kilograms(-20), "75.3 cm": Centimetres(753),
		"112 mm": Shown(reading.Taken{What: reading.MUAC, Value: 112}), "56.4 cm": Shown(reading.Taken{What: reading.Length, Value: 564}),
		"25.000 kg": Shown(reading.Taken{What: reading.Weight, Value: 25_000}),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
