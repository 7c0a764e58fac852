package browsertest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/proto"

	"markaz.example/edge/web/hall"
	"markaz.example/edge/web/webtest"
)

// heldTime is the page's long waits in a test's hands: they end when the test calls pass with their length, and the walk
// of the focus goes on when it calls step.
const heldTime = `{
	const waits = new Map(), walks = [], later = setTimeout, never = clearTimeout, often = setInterval;
	let name = 1e6;
	window.setTimeout = (f, ms, ...all) => {
		if (!(ms >= 10000)) return later(f, ms, ...all);
		waits.set(++name, [f, ms]);
		return name;
	};
	window.clearTimeout = (id) => { if (!waits.delete(id)) never(id); };
	window.setInterval = (f, ms, ...all) => ms === 2500 ? walks.push(f) : often(f, ms, ...all);
	window.pass = (ms) => {
		const over = [...waits].filter(([, wait]) => wait[1] === ms);
		for (const [id] of over) waits.delete(id);
		for (const [, wait] of over) wait[0]();
		return over.length;
	};
	window.waiting = (ms) => [...waits.values()].filter((wait) => wait[1] === ms).length;
	window.step = () => walks.forEach((f) => f());
}`

// Milliseconds of the page: without a touch until it asks, and without an answer until it begins anew.
const (
	kioskIdle   = 45000
	kioskAnswer = 15000
)

// pass ends the waits of so many milliseconds and reports how many there were.
func (w window) pass(ms int) int {
	w.t.Helper()
	got, err := w.Eval(`ms => pass(ms)`, ms)
	if err != nil {
		w.t.Fatal("let time pass:", err)
	}
	return got.Value.Int()
}

// kioskWithHeldTime is a kiosk whose time a test holds.
func kioskWithHeldTime(t *testing.T, b *rod.Browser, url string) window {
	t.Helper()
	w := open(t, b, "about:blank", 1366, 768)
	if _, err := w.EvalOnNewDocument(heldTime); err != nil {
		t.Fatal(err)
	}
	w.visit(url)
	if !w.becomes(`() => document.readyState === "complete"`) {
		t.Fatal("the kiosk never loaded")
	}
	return w
}

// A kiosk that somebody left asks whether anybody is there and then begins anew, in Urdu, with nothing chosen. One who
// answers keeps everything, and a kiosk at its start asks nobody.
func TestKioskBeginsAnew(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	w := kioskWithHeldTime(t, Browse(t), c.URL+"/kiosk?k=3&lang=en&large=1")
	w.press(`label:has(input[value="kafaalat"])`)
	if n := w.pass(kioskIdle); n != 1 {
		t.Fatalf("%d waits for a touch, want the one since the last", n)
	}
	w.sees("#still", "Are you still there?")
	w.picture("kiosk-still")
	w.press("#still .get")
	if !w.becomes(`() => !document.getElementById("still").open && !!document.querySelector('[value="kafaalat"]:checked')`) {
		t.Fatal("who answered lost what was chosen")
	}
	if !w.becomes(`(answer, idle) => waiting(answer) === 0 && waiting(idle) === 1`, kioskAnswer, kioskIdle) {
		t.Fatal("the page still waits for an answer that was given, or for no touch")
	}

	w.pass(kioskIdle)
	w.sees("#still", "Are you still there?")
	w.pass(kioskAnswer)
	if !w.becomes(`() => location.pathname + location.search === "/kiosk?k=3&lang=ur" && document.readyState === "complete"`) {
		t.Fatalf("the kiosk never began anew:\n%s", w.text())
	}
	if !w.becomes(`ms => pass(ms) === 1 && !document.querySelector("form :checked") && !document.getElementById("still").open`, kioskIdle) {
		t.Error("a kiosk at its start asks, or remembers")
	}
}

// While the box is away a kiosk that was left stays on its page, and begins anew when the box is back.
func TestKioskBeginsAnewWhenTheBoxIsBack(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	w := kioskWithHeldTime(t, Browse(t), c.URL+"/kiosk?k=1&lang=en")
	w.pass(kioskIdle)
	w.sees("#still", "Are you still there?")
	c.Stop()
	w.pass(kioskAnswer)
	if !w.becomes(`ms => document.getElementById("still").open && pass(ms) === 1`, kioskAnswer) {
		t.Fatal("the kiosk does not look again for the box")
	}
	c.Start()
	if !w.becomes(`ms => { window.pass(ms); return location.search === "?k=1&lang=ur"; }`, kioskAnswer) {
		t.Fatalf("the kiosk never began anew:\n%s", w.text())
	}
}

// traffic is what a browser was answered and what it complained about.
type traffic struct {
	mu       sync.Mutex
	clips    []string // guarded by mu: method, path, status and type of each answer under /voice/
	troubles []string // guarded by mu
}

// hear notes answers and complaints of a page from now on.
func hear(w window) *traffic {
	h := &traffic{}
	asked := map[proto.NetworkRequestID]string{}
	wait := w.Context(w.t.Context()).EachEvent(func(e *proto.NetworkRequestWillBeSent) {
		asked[e.RequestID] = e.Request.Method
	}, func(e *proto.NetworkResponseReceived) {
		if _, path, ok := strings.Cut(e.Response.URL, "/voice/"); ok {
			h.note(&h.clips, fmt.Sprintf("%s %s %d %s", asked[e.RequestID], path, e.Response.Status, e.Response.MIMEType))
		}
	}, func(e *proto.NetworkLoadingFailed) {
		if !e.Canceled { // the page itself gives up what it does not read on, such as an answer to HEAD
			h.note(&h.troubles, e.ErrorText)
		}
	}, func(e *proto.LogEntryAdded) {
		h.note(&h.troubles, e.Entry.Text+" "+e.Entry.URL)
	})
	go wait()
	return h
}

func (h *traffic) note(to *[]string, what string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	*to = append(*to, what)
}

func (h *traffic) all() (clips, troubles []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.clips), slices.Clone(h.troubles)
}

// The loudspeakers of a kiosk fetch the clips of their tiles and play them. What has no clip has no loudspeaker.
func TestKioskReadsAloud(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	c.Stop()
	c.Hall = hall.Config{Voice: hall.Voice{Store: webtest.Voice()}}
	c.Start()
	w := open(t, Browse(t), "about:blank", 1366, 768)
	if _, err := w.EvalOnNewDocument(listen); err != nil {
		t.Fatal(err)
	}
	h := hear(w)
	for _, page := range []struct {
		query, button, clip string
		buttons             int
	}{
		{"k=1", ".kiosk-ask .say", "ur/kiosk-ask.wav", 6},
		{"k=1&lang=en", `[data-say="service-wazaif"]`, "en/service-wazaif.wav", 6},
		{"k=1&life=1", `[data-say="situation-baby"]`, "ur/situation-baby.wav", 7},
	} {
		w.visit(c.URL + "/kiosk?" + page.query)
		if !w.becomes(`n => document.querySelectorAll(".say:not([hidden])").length === n`, page.buttons) {
			t.Fatalf("%s has %d loudspeakers, want %d", page.query, w.count(".say:not([hidden])"), page.buttons)
		}
		w.press(page.button)
		if !w.becomes(`clip => window.played.length === 1 && window.played[0][0] === "/voice/" + clip`, page.clip) {
			t.Fatalf("%s: %s was never played", page.query, page.clip)
		}
		if clips, _ := h.all(); !slices.Contains(clips, "GET "+page.clip+" 200 audio/wav") {
			t.Errorf("%s was not answered with a sound; answered were %q", page.clip, clips)
		}
	}
	w.picture("kiosk-loudspeakers")
	if _, troubles := h.all(); len(troubles) > 0 {
		t.Errorf("the browser complains: %q", troubles)
	}

	w.visit(c.URL + "/kiosk?k=1&lang=sd") // the control: there are no clips in Sindhi
	if w.count(".say:not([hidden])") != 0 || !w.becomes(`() => document.querySelectorAll(".say[hidden]").length === 6`) {
		t.Error("a loudspeaker shows that has nothing to say")
	}
}

// tilesOf is what every picture of a kiosk offers to somebody without a finger, in the order of the page.
const tilesOf = `() => [...document.querySelectorAll(".tiles .tile-go, .tiles input")].map((e) => e.name + "=" + e.value).join(" ")`

// focused is what has the focus.
const focused = `() => { const e = document.activeElement; return e.closest(".tiles") ? e.name + "=" + e.value : ""; }`

// Both the keyboard and the walk of one switch come to every picture and every tick, once a round, in the order of the page.
func TestKioskWalksEveryTile(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	b := Browse(t)
	for _, query := range []string{"k=1&lang=ur", "k=1&lang=en&life=1"} {
		byKey := kioskWithHeldTime(t, b, c.URL+"/kiosk?"+query)
		byKey.walks(query+" by keyboard", func() { byKey.key(input.Tab) })
		bySwitch := kioskWithHeldTime(t, b, c.URL+"/kiosk?scan=1&"+query)
		bySwitch.walks(query+" by one switch", func() { bySwitch.Eval(`() => step()`) })
	}
}

// walks takes steps for one round and holds what the focus came to.
func (w window) walks(name string, step func()) {
	w.t.Helper()
	want, err := w.Eval(tilesOf)
	if err != nil {
		w.t.Fatal(err)
	}
	round, err := w.Eval(`() => [...document.querySelectorAll("main a, main button, main input, .kiosk-langs a")].filter((e) => e.type !== "hidden" && e.getClientRects().length > 0).length`)
	if err != nil {
		w.t.Fatal(err)
	}
	var came []string
	for range round.Value.Int() {
		step()
		at, err := w.Eval(focused)
		if err != nil {
			w.t.Fatal(err)
		}
		if at.Value.Str() != "" {
			came = append(came, at.Value.Str())
		}
	}
	if got := strings.Join(came, " "); got != want.Value.Str() {
		w.t.Errorf("%s came to %q, want %q", name, got, want.Value.Str())
	}
}
