package floor

import (
	"flag"
	"testing"

	"markaz.example/edge/web/page"
	"markaz.example/edge/web/page/pagetest"
)

var update = flag.Bool("update", false, "write the golden pages anew")

func pages(t *testing.T) (*page.Kit, *Pages) {
	t.Helper()
	kit := pagetest.Kit(t)
	d, err := New(kit, nil, Config{})
	if err != nil {
		t.Fatal(err)
	}
	return kit, d
}

func service(code, letter, state string) page.Service {
	return page.Service{
		Code: code, Letter: letter, Pictogram: code, State: state, Name: page.Name{Ur: "خدمت", En: "Service <" + code + ">"},
		Papers: page.Name{Ur: "شناختی کارڈ", En: "identity card"},
	}
}

func TestGoldenFloor(t *testing.T) {
	kit, d := pages(t)
	full := floorPage{
		Figures: []figure{{"asked", 12}, {"left", 1}},
		Unprinted: []unprinted{
			{"K5QXG43UOVZGKZDT", "token", "A042", "held", "paper.paper-out"}, {"K5QXG43UOVZGKZDU", "token", "A043", "printing", ""},
			{"job/K5QXG43UOVZGKZDV", "referral", "A040", "uncertain", ""},
		},
		Health: []condition{{"Printer <has> no paper", "Put in a roll", "critical", "printer/hall", "line 3: <nothing>", "09:05"}},
		Lines:  []page.Line{{Service: service("kafaalat", "A", ""), Waiting: 3}},
		Desks:  []busyDesk{{"A", "A041", "serving"}, {"B", "", ""}},
		Road:   road{"down", 144},
		Wish:   &wish{"K5QXG43UOVZGKZDT", "Help <desk>", "The printer fails & fails", "22 Nov 09:05"}, PutOff: 2,
		Packs:  []packRow{{"texts", 7, "22 Nov 2026", 8, 6}, {"songs", 0, "", 0, 0}},
		Checks: []checkRow{{"eligible", "", "", "22 Nov 09:05"}, {"eligible", "yes", "nser", "22 Nov 09:06"}},
		Lent:   []lentRow{{"bed", 3}},
	}
	for name, p := range map[string]floorPage{"floor-empty": {Road: road{"up", 0}}, "floor-full": full} {
		pagetest.Golden(t, *update, kit, d.floor, name, page.Frame{Title: "floor.title", Live: "/floor/live", Data: p})
	}
}
