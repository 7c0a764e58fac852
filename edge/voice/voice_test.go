package voice

import (
	"slices"
	"strings"
	"testing"
	"time"

	"markaz.example/edge/id"
)

func TestWhatIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		call   Call
		speech Speech
		in     []string
		want   string
	}{
		"urdu says a word, english the digits": {
			Call{Token: "K007", Desk: "B", Lang: "ur"}, DefaultSpeech(), nil,
			"tone/chime ur/token ur/letter-k ur/n-7 ur/desk ur/letter-b ur/come pause " +
				"en/token en/letter-k en/n-0 en/n-0 en/n-7 en/come en/desk en/letter-b",
		},
		"the visit's own language is first": {
			Call{Token: "A142", Desk: "AC", Lang: "en"}, DefaultSpeech(), nil,
			"tone/chime en/token en/letter-a en/n-1 en/n-4 en/n-2 en/come en/desk en/letter-a en/letter-c pause " +
				"ur/token ur/letter-a ur/n-1 ur/hundred ur/n-42 ur/desk ur/letter-a ur/letter-c ur/come",
		},
		"a language that the centre does not call in changes nothing": {
			Call{Token: "Z900", Desk: "B", Lang: "sd"}, Speech{Langs: []string{"ur"}}, nil,
			"tone/chime ur/token ur/letter-z ur/n-9 ur/hundred ur/desk ur/letter-b ur/come",
		},
		"two languages of three, its own among them": {
			Call{Token: "A001", Desk: "B", Lang: "sd"}, Speech{Langs: []string{"ur", "en", "sd"}}, nil,
			"tone/chime sd/token sd/letter-a sd/n-1 sd/desk sd/letter-b sd/come pause ur/token ur/letter-a ur/n-1 ur/desk ur/letter-b ur/come",
		},
		"another room is said": {
			Call{Token: "A001", Desk: "B", Room: "12"}, Speech{Langs: []string{"ur"}}, []string{"1"},
			"tone/chime ur/token ur/letter-a ur/n-1 ur/room ur/n-12 ur/desk ur/letter-b ur/come",
		},
		"the room people sit in is not": {
			Call{Token: "A001", Desk: "B", Room: "1"}, Speech{Langs: []string{"ur"}}, []string{"1"},
			"tone/chime ur/token ur/letter-a ur/n-1 ur/desk ur/letter-b ur/come",
		},
		"a room with a name was recorded": {
			Call{Token: "A001", Desk: "B", Room: "Gulab Hall"}, Speech{Langs: []string{"en"}, Named: []Clip{"en/room-gulab-hall"}}, nil,
			"tone/chime en/token en/letter-a en/n-1 en/come en/room-gulab-hall en/desk en/letter-b",
		},
		"or is left to the screens": {
			Call{Token: "A001", Desk: "B", Room: "Gulab Hall"}, Speech{Langs: []string{"en"}}, nil,
			"tone/chime en/token en/letter-a en/n-1 en/come en/desk en/letter-b",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, clip := range c.speech.Say(c.call, c.in) {
				got = append(got, string(clip))
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got\n%s\nwant\n%s", s, c.want)
			}
		})
	}
}

// Every token at every desk, and every room by number or letters, is said with clips of the inventory.
func TestInventoryIsComplete(t *testing.T) {
	langs := []string{"ur", "en"}
	have := map[Clip]bool{}
	for _, c := range Inventory(langs...) {
		have[c] = true
	}
	used := map[Clip]bool{}
	say := func(digits []string, c Call) {
		for _, clip := range (Speech{Langs: langs, Digits: digits}).Say(c, nil) {
			if used[clip] = true; clip != Pause && !have[clip] {
				t.Fatalf("%s at desk %s in room %s needs %s", c.Token, c.Desk, c.Room, clip)
			}
		}
	}
	for letter := byte('A'); letter <= 'Z'; letter++ {
		for n := 1; n <= id.TokenNumberMax; n++ {
			token := id.NewToken(letter, n)
			if token.Check() == nil {
				say(nil, Call{Token: token, Desk: "A"})
				say(langs, Call{Token: token, Desk: "A"})
			}
		}
		say(nil, Call{Token: "A001", Desk: id.Desk(letter), Room: string(letter)})
		for second := byte('A'); second <= 'Z'; second++ {
			say(nil, Call{Token: "A001", Desk: id.Desk([]byte{letter, second})})
		}
	}
	for _, c := range Inventory(langs...) {
		if !used[c] && !strings.HasPrefix(c.Name(), "letter-") && c.Name() != wordRoom {
			t.Errorf("%s is never said", c)
		}
	}
}

// Every clip has words of its own in each language that is synthesized: two numbers that sound alike call two people.
func TestWordsAreDistinct(t *testing.T) {
	for _, lang := range Spoken() {
		words, ok := Words(lang)
		if !ok || len(words) != len(Inventory(lang))-1 {
			t.Fatalf("%s: %d words, want %d", lang, len(words), len(Inventory(lang))-1)
		}
		seen := map[string]Clip{}
		for _, w := range words {
			kind, _, _ := strings.Cut(w.Clip.Name(), "-")
			key := kind + " " + w.Text
			if w.Text == "" || seen[key] != "" || !w.Clip.Valid() {
				t.Errorf("%s is %q, as is %q", w.Clip, w.Text, seen[key])
			}
			seen[key] = w.Clip
		}
	}
	if _, ok := Words("sd"); ok {
		t.Error("words of a language that nobody wrote")
	}
}

func TestQueue(t *testing.T) {
	var q Queue
	a, b := Call{Seq: 9, Token: "A001"}, Call{Seq: 4, Token: "A002"}
	q.Tell([]Call{a, b}, 0)
	if got, ok := q.Next(0); !ok || got != b {
		t.Fatalf("first is %+v, want the older", got)
	}
	q.Tell([]Call{a, b}, 0)
	if got := q.Due(0); len(got) != 2 {
		t.Errorf("a page is shown %v, want what was said too", got)
	}
	recall := Call{Seq: 12, Token: "A002"}
	q.Tell([]Call{recall, a}, time.Second)
	if got, _ := q.Next(time.Second); got != a {
		t.Errorf("second is %+v, want %+v", got, a)
	}
	if got, _ := q.Next(time.Second); got != recall {
		t.Errorf("third is %+v, want the recall", got)
	}
	if got, ok := q.Next(time.Second); ok {
		t.Errorf("said twice: %+v", got)
	}
}

func TestQueueDropsWhatIsOver(t *testing.T) {
	q := Queue{Late: 30 * time.Second}
	q.Tell([]Call{{Seq: 1}, {Seq: 2}, {Seq: 3}}, 0)
	q.Tell([]Call{{Seq: 2}, {Seq: 3}}, 0) // the first came before its turn
	if got, _ := q.Next(30 * time.Second); got.Seq != 2 {
		t.Errorf("got %d, want 2", got.Seq)
	}
	if got, ok := q.Next(31 * time.Second); ok {
		t.Errorf("%d is said late", got.Seq)
	}
	q.Tell([]Call{{Seq: 3}}, 40*time.Second)
	if got := q.Due(40 * time.Second); len(got) != 0 {
		t.Errorf("being told again makes a call young: %v", got)
	}
	q.Tell(nil, 41*time.Second)
	if len(q.calls) != 0 {
		t.Error("the queue keeps calls that are over")
	}
}

func TestHours(t *testing.T) {
	h := Hours{
		Volumes: []Volume{volume(t, "12:00 90"), volume(t, "08:00 60")},
		Quiet:   []Span{span(t, "21:00-07:00"), span(t, "13:15-13:45"), span(t, "fri 12:45-14:15"), span(t, "sat 22:00-00:30")},
	}
	for at, want := range map[string]int{
		"2026-11-23 07:00": 90, "2026-11-23 08:00": 60, "2026-11-23 11:59": 60, "2026-11-23 12:00": 90,
		"2026-11-23 13:14": 90, "2026-11-23 13:15": 0, "2026-11-23 13:45": 90, "2026-11-23 21:00": 0, "2026-11-24 06:59": 0,
		"2026-11-27 12:44": 90, "2026-11-27 12:45": 0, "2026-11-27 14:14": 0, "2026-11-26 13:00": 90,
	} {
		when, err := time.Parse("2006-01-02 15:04", at)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.At(when, true); got != want {
			t.Errorf("%s: %d, want %d", at, got, want)
		}
		if got := h.At(when, false); got != VolumeDefault {
			t.Errorf("%s on a clock nobody set: %d, want %d", at, got, VolumeDefault)
		}
	}
	past := span(t, "sat 22:00-00:30")
	if sunday := time.Date(2026, 11, 29, 0, 10, 0, 0, time.UTC); !past.holds(sunday) || past.holds(sunday.AddDate(0, 0, 1)) {
		t.Error("a span past midnight belongs to the day on which it begins")
	}
}

func volume(t *testing.T, s string) Volume {
	t.Helper()
	v, err := ParseVolume(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func span(t *testing.T, s string) Span {
	t.Helper()
	v, err := ParseSpan(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// FuzzHours holds that what is read is a time of day.
func FuzzHours(f *testing.F) {
	for _, s := range []string{"08:00 70", "13:15-13:45", "fri 12:45-14:15", "24:00 1", "8:00-9:00", "", "fri ", "00:00-00:00", "08:00 101"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := ParseVolume(s); err == nil && (v.From >= 24*60 || v.Percent > 100 || v.Percent < 0 || v.From < 0) {
			t.Errorf("%q is %+v", s, v)
		}
		if v, err := ParseSpan(s); err == nil && (v.From >= 24*60 || v.To >= 24*60 || v.From == v.To) {
			t.Errorf("%q is %+v", s, v)
		}
	})
}

func FuzzRoomClip(f *testing.F) {
	for _, s := range []string{"Hall 2", "گلاب", "", "--", "a/../b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, room string) {
		for _, c := range DefaultSpeech().Say(Call{Token: "A001", Desk: "A", Room: room}, nil) {
			if c != Pause && !slices.Contains(Inventory("ur", "en"), c) {
				t.Errorf("room %q needs %s", room, c)
			}
		}
	})
}
