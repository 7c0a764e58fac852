package browsertest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/voice"
	"markaz.example/edge/web/hall"
	"markaz.example/edge/web/page"
	"markaz.example/edge/web/webtest"
)

// listen notes every clip that a page plays, with the time of its begin and end.
const listen = `window.played = [];
	let asked = "";
	const ask = window.fetch;
	window.fetch = (url, ...more) => { asked = String(url); return ask(url, ...more); };
	const decode = AudioContext.prototype.decodeAudioData;
	AudioContext.prototype.decodeAudioData = async function (b) { const clip = asked, s = await decode.call(this, b); s.clip = clip; return s; };
	const start = AudioBufferSourceNode.prototype.start;
	AudioBufferSourceNode.prototype.start = function (at) { window.played.push([this.buffer.clip, at, at + this.buffer.duration]); return start.call(this, at); };`

// halls is a centre whose screen of room 1 speaks, and one beside the door that shows the ways.
func halls(t *testing.T) *webtest.Centre {
	t.Helper()
	c := webtest.StartWith(t, fonts())
	c.Stop()
	c.Hall = hall.Config{
		Screens: []hall.Screen{
			{Name: "speaks", Speaks: true},
			{Name: "door", Ways: map[string]hall.Way{"1": "left", "2": "up-right", "3": "right", "4": "down"}},
			{Name: "mute", Rooms: []string{"2"}},
		},
		Rooms:   []hall.Room{{Code: "4", Name: page.Name{Ur: "گلاب ہال", En: "Gulab hall"}, Hue: "plum"}},
		Notices: []page.Name{{Ur: "غذائیت کی اگلی نشست گیارہ بجے کمرہ ۲ میں ہے", En: "The next session on food is at eleven in room 2"}},
		Voice:   hall.Voice{Store: webtest.Voice(), Speech: voice.DefaultSpeech()},
	}
	c.Start()
	c.Floor.Patience = desk.Patience{RecallEvery: time.Millisecond, NoShowRecalls: 3, NoShowAfter: 90 * time.Second}
	return c
}

// Every call is said once and in its order, one after the other; nothing before somebody has touched the page.
func TestVoiceOfTheHall(t *testing.T) {
	t.Parallel()
	c := halls(t)
	for range 4 {
		c.Visitor("kafaalat")
	}
	w := open(t, Browse(t), "about:blank", 1366, 768)
	if _, err := w.EvalOnNewDocument(listen); err != nil {
		t.Fatal(err)
	}
	w.visit(c.URL + "/hall/speaks")
	var want []string
	say := func(d id.Desk, token id.Token, room string) {
		for _, clip := range voice.DefaultSpeech().Say(voice.Call{Token: token, Desk: d, Room: room, Lang: "ur"}, nil) {
			if clip != voice.Pause {
				want = append(want, "/voice/"+clip.File())
			}
		}
	}
	call(t, c, "A")
	w.sees("#newest", "A001")
	w.sees("#mute", "آواز کے لیے اسکرین کو چھوئیں")
	w.picture("hall-untouched")
	if got := w.played(); len(got) > 0 {
		t.Fatalf("before it was touched the page played %v", got)
	}
	w.press("#newest")
	w.gone("#mute")
	say("A", "A001", "1")
	w.plays(want)

	call(t, c, "C") // the next is called while this is said, and comes before her turn
	w.becomes(`n => window.played.length > n`, len(want))
	say("C", "A002", "3")
	must(t, c.Floor.Recall(t.Context(), "A"))
	must(t, c.Floor.Confirm(t.Context(), "A"))
	must(t, c.Floor.Recall(t.Context(), "C"))
	say("C", "A002", "3")
	w.plays(want)

	w.visit(c.URL + "/hall/speaks") // what was said is not said again by a page that is loaded anew
	w.press("#newest")
	must(t, c.Floor.Confirm(t.Context(), "C"))
	must(t, c.Floor.Finish(t.Context(), "A", "done", false))
	call(t, c, "A")
	want = nil
	say("A", "A003", "1")
	w.plays(want)

	must(t, c.Floor.Announce(t.Context(), "floor/manager", "The session begins in room 2", "", time.Minute))
	want = append(want, "/voice/tone/chime.wav")
	w.sees("#notice .said-to-all", "The session begins in room 2")
	w.plays(want)
	w.picture("hall-announced")

	must(t, c.Floor.Recall(t.Context(), "A"))
	say("A", "A003", "1")
	w.plays(want)
	c.Stop()
	w.sees("#notlive", "یہ اسکرین تازہ نہیں ہے")
	w.picture("hall-not-live")
	c.Start() // whoever is still called is called once more, and what is said to the hall is heard
	w.gone("#notlive")
	want = append(want, "/voice/tone/chime.wav")
	say("A", "A003", "1")
	w.plays(want)
}

// call calls the next to a desk.
func call(t *testing.T, c *webtest.Centre, d id.Desk) {
	t.Helper()
	_, err := c.Floor.CallNext(t.Context(), d)
	must(t, err)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// heard is a clip and when it was played.
type heard struct {
	clip     string
	from, to float64
}

func (w window) played() (out []heard) {
	w.t.Helper()
	got, err := w.Timeout(patience).Eval(`() => window.played`)
	if err != nil {
		w.t.Fatal("what was played:", err)
	}
	for _, v := range got.Value.Arr() {
		one := v.Arr()
		out = append(out, heard{one[0].Str(), one[1].Num(), one[2].Num()})
	}
	return out
}

// plays waits until as many clips were played, and holds that they are these and that no two were heard at once.
func (w window) plays(want []string) {
	w.t.Helper()
	w.becomes(`n => window.played.length >= n`, len(want))
	var got []string
	last := heard{}
	for _, h := range w.played() {
		if got = append(got, h.clip); h.from < last.to {
			w.t.Errorf("%s begins at %v, before %s ends at %v", h.clip, h.from, last.clip, last.to)
		}
		last = h
	}
	if !slices.Equal(got, want) {
		w.t.Fatalf("played\n%s\nwant\n%s", strings.Join(got, " "), strings.Join(want, " "))
	}
}

// The last six calls stay in view with their desks; a room's screen shows its own; ways do not turn round with the
// language; a screen that was not told of any loudspeaker asks nobody to touch it.
func TestHallKeepsSix(t *testing.T) {
	t.Parallel()
	c := halls(t)
	b := Browse(t)
	w := open(t, b, c.URL+"/hall/door", 1366, 768)
	w.sees("#newest", "آپ کا نمبر یہاں آئے گا")
	for range 8 {
		served(t, c, "A", c.Visitor("kafaalat"))
	}
	served(t, c, "D", c.Visitor("payment"))
	w.sees("#newest", "E001")
	if got := w.count("#earlier li"); got != 5 {
		t.Errorf("%d earlier calls are kept, want 5", got)
	}
	w.sees("#earlier li:last-child", "A004")
	for _, lang := range []string{"ur", "en"} {
		for _, size := range [][2]int{{1366, 768}, {1920, 1080}, {1080, 1920}} {
			w.size(size[0], size[1])
			w.visit(c.URL + "/hall/door?lang=" + lang)
			w.fits(size)
			w.picture(fmt.Sprintf("hall-door-%d-%s", size[0], lang))
		}
		if got := w.style("#earlier .way-left", "rotate"); got != "180deg" {
			t.Errorf("in %s the way to the left is turned by %q", lang, got)
		}
		if got := w.style("#earlier .way-left", "transform"); got != "none" {
			t.Errorf("in %s the way to the left is mirrored: %q", lang, got)
		}
	}
	room := open(t, b, c.URL+"/hall/mute?lang=en", 1366, 768)
	room.sees("#newest", "Your number will appear here")
	room.sees("#lines", "Nashonuma")
	if room.count("#lines li") != 1 || !room.becomes(`() => document.getElementById("mute").hidden`) {
		t.Error("the screen of room 2 is not about room 2 alone, or asks for a touch")
	}
}

// Where people read the figures of Urdu, everything on an Urdu screen has them, its clock too.
func TestHallInUrduFigures(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	c.Stop()
	c.Hall = hall.Config{Digits: hall.Urdu}
	c.Start()
	c.Visitor("kafaalat")
	c.Visitor("kafaalat")
	call(t, c, "A")
	w := open(t, Browse(t), c.URL+"/hall/1", 1366, 768)
	w.sees("#newest .call-token", "A۰۰۱")
	w.sees("#newest .call-room", "کمرہ ۱")
	w.sees("#lines .hue-A .line-count", "۱")
	if !w.becomes(`() => /^[۰-۹]{2}:[۰-۹]{2}$/.test(document.querySelector(".clock").textContent)`) {
		t.Errorf("the clock shows %q", w.read(".clock"))
	}
	w.picture("hall-urdu-figures")
}

// served has somebody called, come and be done.
func served(t *testing.T, c *webtest.Centre, d id.Desk, _ desk.Slip) {
	t.Helper()
	ctx := context.Background()
	call(t, c, d)
	must(t, c.Floor.Confirm(ctx, d))
	must(t, c.Floor.Finish(ctx, d, "done", false))
}

func (w window) count(selector string) int {
	w.t.Helper()
	all, err := w.Timeout(patience).Elements(selector)
	if err != nil {
		w.t.Fatal(err)
	}
	return len(all)
}

func (w window) style(selector, property string) string {
	w.t.Helper()
	e, err := w.Timeout(patience).Element(selector)
	if err != nil {
		w.t.Fatal(err)
	}
	v, err := e.Eval(`(p) => getComputedStyle(this)[p]`, property)
	if err != nil {
		w.t.Fatal(err)
	}
	return v.Value.Str()
}

// fits holds that nothing of a screen lies outside of it: nobody can scroll in a hall.
func (w window) fits(size [2]int) {
	w.t.Helper()
	got, err := w.Eval(`() => [...document.querySelectorAll("header, #newest .call > *, #earlier li > *, #notice p, #lines li")]
		.map(e => [e, e.getBoundingClientRect()])
		.filter(([e, r]) => r.left < -1 || r.right > innerWidth + 1 || r.top < -1 || r.bottom > innerHeight + 1)
		.map(([e, r]) => e.className + " " + [r.left, r.top, r.right, r.bottom].map(Math.round)).join("; ")`)
	if err != nil || got.Value.Str() != "" {
		w.t.Errorf("at %v these lie outside: %s (%v)", size, got.Value.Str(), err)
	}
}
