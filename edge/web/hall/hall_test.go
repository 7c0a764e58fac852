package hall

import (
	"flag"
	"testing"

	"markaz.example/edge/web/page"
	"markaz.example/edge/web/page/pagetest"
)

var update = flag.Bool("update", false, "write the golden pages anew")

func TestGolden(t *testing.T) {
	kit := pagetest.Kit(t)
	h, err := New(kit, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	line := page.Line{Service: page.Service{
		Code: "kafaalat", Letter: "A", Pictogram: "kafaalat", Name: page.Name{Ur: "کفالت", En: "Kafaalat"},
	}, Waiting: 12}
	for name, p := range map[string]hallPage{
		"empty": {},
		"full": {
			Newest:  &call{Key: "17", Token: "A042", Desk: "B", Room: "2"},
			Earlier: []call{{"16", "C007", "AA", ""}, {"12", "A041", "B", "2"}},
			Lines:   []page.Line{line},
		},
	} {
		pagetest.Golden(t, *update, kit, h.screen, name, page.Frame{Title: "hall.title", Live: "/hall/live?lang=ur", Data: p})
	}
}
