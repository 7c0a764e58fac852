package play_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/cmd/markaz-sim/machine"
	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/devices"
)

// TestEveryDevice serves people with every class of device, through the real programs on real kernel lines: what the
// box records comes from a finger on the glass, a child on the scale, a note that is missing, a plug that is out.
func TestEveryDevice(t *testing.T) {
	c := start(t)
	f := floor{t, c, client.New(c.BoxURL, c.Root())}
	f.fingerprint()
	f.weighing()
	f.scaleGone()
	f.cashOut()
	f.takeOver() // after all that prints: a plug that is pulled between paper and confirmation leaves a doubt

	c.stop()
	dump := c.run("markaz", "ledger", "dump", filepath.Join(c.Dir, "box", "ledger.db"))
	for kind, want := range map[string]int{
		"identity.tried/1": 3, "reading.taken/1": 3, "paper.printed/1": 4,
	} {
		if got := strings.Count(dump, `"kind":"`+kind+`"`); got != want {
			t.Errorf("%d records of %s, want %d", got, kind, want)
		}
	}
}

// floor is a centre as its people use it.
type floor struct {
	t   *testing.T
	c   *centre
	box *client.Client
}

// do is one act on a machine, over the page.
func (f floor) do(name string, acts ...string) {
	f.t.Helper()
	for _, act := range acts {
		f.post(f.c.URL+"/do/"+name+"/"+url.PathEscape(act), "", http.StatusNoContent)
	}
}

func (f floor) post(to, body string, want int) string {
	f.t.Helper()
	r, err := http.Post(to, "text/plain", strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	defer r.Body.Close()
	answer, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != want {
		f.t.Fatalf("%s: %s, %v: %s; want %d", to, r.Status, err, answer, want)
	}
	return string(answer)
}

// press is one press of a button on a page of the box, which must be accepted.
func (f floor) press(page, act, value string) {
	f.t.Helper()
	to, err := f.box.Post(f.t.Context(), page, url.Values{"act": {act}, "value": {value}, "lang": {"en"}})
	if err != nil || to == "" {
		f.t.Fatalf("%s %q: refused, or %v:\n%s", page, act, err, f.text(page))
	}
}

func (f floor) text(page string) string {
	f.t.Helper()
	r, err := f.c.browser().Get(f.c.BoxURL(page + "?lang=en"))
	if err != nil {
		f.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return string(b)
}

// shows waits until a page of the box shows something.
func (f floor) shows(page, pattern string) {
	f.t.Helper()
	re := regexp.MustCompile(pattern)
	until(f.t, page+" to show "+pattern, func() bool { return re.MatchString(f.text(page)) })
}

// token asks at the kiosk and waits for the paper.
func (f floor) token(service string) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), patience)
	defer cancel()
	v, err := f.box.Ask(ctx, "1", service+strconv.FormatInt(time.Now().UnixNano(), 36), []string{service})
	if err != nil {
		f.t.Fatal(err)
	}
	until(f.t, "the paper", func() bool { return f.slip(v) == desk.SlipInHand })
}

func (f floor) slip(v id.Visit) desk.SlipState {
	s, err := f.box.Slip(f.t.Context(), v)
	if err != nil {
		f.t.Fatal(err)
	}
	return s.State
}

// serve gives a number and begins to serve it.
func (f floor) serve(service, at string) {
	f.t.Helper()
	f.token(service)
	f.press("/desk/"+at, "next", "")
	f.press("/desk/"+at, "present", "")
}

var failedTries = regexp.MustCompile(`class="finger-count"[^>]*>(\d+)<`)

// tries is how many fingers were tried in vain.
func (f floor) tries() (n int) {
	for _, m := range failedTries.FindAllStringSubmatch(f.text("/desk/A/finger"), -1) {
		count, err := strconv.Atoi(m[1])
		if err != nil {
			f.t.Fatal(err)
		}
		n += count
	}
	return n
}

// fingerprint is a wet finger, twice, and then a dry one.
func (f floor) fingerprint() {
	f.t.Helper()
	f.serve("kafaalat", "A")
	const page = "/desk/A/finger"
	for n := range 2 {
		f.press(page, "take", "")
		f.do(stage.ReaderA, "press 1 wet")
		until(f.t, "the wet finger to be refused", func() bool { return f.tries() == n+1 })
		f.do(stage.ReaderA, "lift")
	}
	f.shows(page, `id="act-take"`)
	f.press(page, "take", "")
	f.do(stage.ReaderA, "press 1 good")
	f.shows(page, `tool-say tool-passed`)
	f.do(stage.ReaderA, "lift")
}

// weighing is a child weighed and measured twice, and the sheet for the mother.
func (f floor) weighing() {
	f.t.Helper()
	f.serve("nashonuma", "B")
	const page = "/desk/B/measure"
	before := len(f.c.Printer.Pages())
	f.press(page, "begin-child-lying", "")
	for range 2 {
		f.shows(page, `pan-steady"><bdi>0\.000 kg`)
		f.do(stage.InfantB, "put 4250")
		f.shows(page, `pan-steady"><bdi>4\.250 kg`)
		f.press(page, "now", "")
		f.do(stage.InfantB, "put 0")
	}
	f.press(page, "type", "55.5")
	f.press(page, "type", "55.7")
	f.press(page, "type", "128")
	f.shows(page, `55\.6 cm`)
	f.press(page, "print", "")
	until(f.t, "the result sheet", func() bool { return len(f.c.Printer.Pages()) == before+1 })
}

// cashOut empties the ATM: the box says so as soon as the bank does.
func (f floor) cashOut() {
	f.t.Helper()
	cash := func() string {
		list, err := client.Get[[]devices.Device](f.t.Context(), f.box, "/api/devices")
		if err != nil {
			f.t.Fatal(err)
		}
		i := slices.IndexFunc(list, func(d devices.Device) bool { return d.Name == "paypoint/ravi/"+stage.ATM })
		for _, fact := range list[i].Facts {
			if fact.Key == "cash" {
				return fact.Value
			}
		}
		return "unknown"
	}
	until(f.t, "the bank to tell of cash", func() bool { return cash() == "ok" })
	began := time.Now()
	f.do(stage.ATM, "empty")
	until(f.t, "no cash", func() bool { return cash() == "out" })
	f.t.Logf("no cash is shown after %v", time.Since(began))
	f.shows("/floor/devices", card("critical", "paypoint/ravi/"+stage.ATM))
}

// takeOver pulls the first printer's plug: the second prints the next number.
func (f floor) takeOver() {
	f.t.Helper()
	second := f.c.Machines[stage.Hall2].(*machine.Printer)
	before := len(f.c.Printer.Pages())
	f.do(stage.Hall1, "plug")
	f.token("kafaalat")
	if first, now := len(f.c.Printer.Pages()), len(second.Pages()); first != before || now != 1 {
		f.t.Errorf("with its plug out printer 1 has %d papers, had %d; printer 2 has %d, want 1", first, before, now)
	}
	f.do(stage.Hall1, "plug")
}

// scaleGone lets a script pull the scale's plug: the condition comes, and goes by itself.
func (f floor) scaleGone() {
	f.t.Helper()
	const scale = "scale/" + stage.InfantB
	f.shows("/floor/devices", card("well", scale))
	at := f.c.URL + "/script/" + stage.InfantB
	if said := f.post(at, "then: unplog", http.StatusUnprocessableEntity); !strings.Contains(said, "line 1, column 7") {
		f.t.Errorf("a wrong script is answered %q", said)
	}
	f.post(at, "then: unplug for 3s", http.StatusNoContent)
	f.shows("/floor/devices", card("critical", scale))
	f.shows("/floor/devices", card("well", scale))
}

// card is what the page of machines has for a device in a state.
func card(state, device string) string {
	return `gear-` + state + `"><h2><span class="gear-state">[^<]*</span> <bdi class="dev">` + device
}
