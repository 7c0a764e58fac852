package hall

import (
	"flag"
	"slices"
	"testing"
	"time"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
	"markaz.example/edge/web/page/pagetest"
)

var update = flag.Bool("update", false, "write the golden pages anew")

func TestGolden(t *testing.T) {
	kit := pagetest.Kit(t)
	h, err := New(kit, nil, nil, Config{})
	if err != nil {
		t.Fatal(err)
	}
	kafaalat := page.Service{
		Code: "kafaalat", Letter: "A", Pictogram: "kafaalat", Name: page.Name{Ur: "کفالت", En: "Kafaalat"},
		Papers: page.Name{Ur: "شناختی کارڈ", En: "CNIC"},
	}
	two := &door{Room{Code: "2", Hue: "blue"}, "۲"}
	gulab := &door{Room{Code: "3", Name: page.Name{Ur: "گلاب ہال", En: "Gulab hall"}, Hue: "plum"}, "۳"}
	for name, p := range map[string]hallPage{
		"empty": {},
		"full": {
			Newest:  &call{Key: "17", Token: "A042", Desk: "B", Room: two, Way: "up-left", Open: true},
			Earlier: []call{{Key: "16", Token: "C007", Desk: "AA", Room: gulab, Way: "right", Open: true}, {Key: "12", Token: "A041", Desk: "B"}},
			Lines:   []line{{kafaalat, "12"}},
			Notice:  &notice{Bring: &kafaalat},
			Sound:   &sound{Run: "R", Volume: 80, GapMS: 900, PauseMS: 600, Calls: []said{{"17", "tone/chime ur/token"}}},
		},
		"said":   {Said: []string{"پانی آ گیا ہے", "The session begins <now>"}},
		"over":   {Newest: &call{Key: "17", Token: "A042", Desk: "B"}, Over: true},
		"notice": {Notice: &notice{Text: page.Name{Ur: "اگلی نشست گیارہ بجے", En: "Next session at eleven"}}},
	} {
		pagetest.Golden(t, *update, kit, h.screen, name, page.Frame{Theme: "dark", Title: "hall.title", Live: "/hall/live?lang=ur", Data: p})
	}
}

func catalogue() desk.Catalogue {
	return desk.Catalogue{
		Services: []desk.Service{
			{Code: "kafaalat", Letter: "K", NameUr: "کفالت", NameEn: "Kafaalat", BringUr: []string{"کارڈ"}, BringEn: []string{"CNIC"}},
			{Code: "nashonuma", Letter: "N"},
		},
		Desks: []desk.Desk{
			{Code: "A", Room: "1", Serves: []id.Service{"kafaalat"}}, {Code: "B", Room: "2", Serves: []id.Service{"nashonuma"}},
		},
	}
}

func TestScreens(t *testing.T) {
	c := Config{Catalogue: catalogue(), Screens: []Screen{{
		Name: "door", Rooms: []string{"1", "2"}, Ways: map[string]Way{"1": "left"}, Desks: map[id.Desk]Way{"B": "up-right"},
	}}}
	for name, want := range map[string]bool{"": true, "door": true, "1": true, "2": true, "3": false, "live": false} {
		if _, ok := c.screen(name); ok != want {
			t.Errorf("screen %q: %v, want %v", name, ok, want)
		}
	}
	door, _ := c.screen("door")
	if door.way("A", "1") != "left" || door.way("B", "2") != "up-right" || door.way("C", "9") != "" {
		t.Error("ways from the door are wrong")
	}
	one, _ := c.screen("1")
	if one.shows("2") || !one.shows("1") || c.serves(one, "nashonuma") || !c.serves(one, "kafaalat") {
		t.Error("the screen of room 1 is not about room 1 alone")
	}
	if a, b := c.room("1"), c.room("2"); a.Hue == b.Hue || a.Hue == "" {
		t.Errorf("rooms are %q and %q", a.Hue, b.Hue)
	}
	c.Rooms = []Room{{Code: "2", Hue: c.room("1").Hue}}
	if a, b := c.room("1"), c.room("2"); a.Hue == b.Hue {
		t.Errorf("room 1 took the colour that room 2 was given: %q", a.Hue)
	}
	for _, w := range append(Ways(), "north") {
		if err := w.Check(); (err == nil) != (w != "north") {
			t.Errorf("%s: %v", w, err)
		}
	}
}

// A screen of several rooms shows the newest of all of them.
func TestCallsOfRooms(t *testing.T) {
	board := desk.HallBoard{
		Calls: []desk.HallCall{{Seq: 9, Room: "3"}, {Seq: 8, Room: "1"}},
		Rooms: []desk.HallRoom{
			{Room: "1", Calls: []desk.HallCall{{Seq: 8, Room: "1"}, {Seq: 2, Room: "1"}}},
			{Room: "2", Calls: []desk.HallCall{{Seq: 5, Room: "2"}}},
			{Room: "3", Calls: []desk.HallCall{{Seq: 9, Room: "3"}}},
		},
	}
	for _, c := range []struct {
		rooms []string
		want  []uint64
	}{{nil, []uint64{9, 8}}, {[]string{"1", "2"}, []uint64{8, 5, 2}}, {[]string{"7"}, nil}} {
		var got []uint64
		for _, call := range (Screen{Rooms: c.rooms}).calls(board) {
			got = append(got, call.Seq)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("rooms %v: calls %v, want %v", c.rooms, got, c.want)
		}
	}
}

func TestNoticesInTurn(t *testing.T) {
	h := &Hall{Config: Config{Catalogue: catalogue(), Notices: []page.Name{{Ur: "ایک", En: "One"}}}}
	all := Screen{}
	if n := h.notice(all, 0); n.Text.En != "One" {
		t.Errorf("first is %+v", n)
	}
	if n := h.notice(all, noticeEvery+time.Second); n.Bring == nil || n.Bring.Papers.En != "CNIC" {
		t.Errorf("second is %+v, want what to bring", n)
	}
	if n := h.notice(all, 2*noticeEvery); n.Text.En != "One" {
		t.Errorf("third is %+v, want the first again", n)
	}
	h.Notices = nil
	if n := h.notice(Screen{Rooms: []string{"2"}}, 0); n != nil {
		t.Errorf("a room with nothing to say shows %+v", n)
	}
}

func TestFigures(t *testing.T) {
	for digits, want := range map[Digits]string{"": "K042", Latin: "K042", Urdu: "K۰۴۲"} {
		h := &Hall{Config: Config{Digits: digits}}
		if got := h.figures(page.Urdu, "K042"); got != want {
			t.Errorf("%q: got %s, want %s", digits, got, want)
		}
		if got := h.figures(page.English, "K042"); got != "K042" {
			t.Errorf("%q: English page shows %s", digits, got)
		}
	}
}
