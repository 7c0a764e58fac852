package devices

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"markaz.example/edge/clock"
	"markaz.example/edge/health"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

//go:embed *.tmpl
var templates embed.FS

// Device is one machine of the centre at this moment.
type Device struct {
	Name      string     `json:"name"`             // "printer/hall-1"; conditions go by it
	Class     string     `json:"class"`            // "printer", "finger", "scale", "paypoint"
	Model     string     `json:"model"`            // as its profile calls it
	Wire      string     `json:"wire"`             // how it is reached: "/dev/markaz/printer-1", "usb 1-2.4", "10.1.0.9:9100"
	Desks     []string   `json:"desks,omitempty"`  // that it stands at
	Facts     []Fact     `json:"facts,omitempty"`  // what it last said
	Exchanges []Exchange `json:"exchanges"`        // newest last
	Serial    string     `json:"serial,omitempty"` // its own number, where it has told
	Down      bool       `json:"down,omitempty"`   // it does not do its work, whether or not a condition names it
}

// Fact is one thing a device said, in plain English words: "paper", "near its end". What the pages have a text for is
// shown in the reader's language.
type Fact struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Exchange is bytes that went one way without a pause.
type Exchange struct {
	At   time.Time `json:"at"`
	Sent bool      `json:"sent"` // to the device
	Hex  string    `json:"hex"`  // masked and cut: "1b 40", "1d 76 30 … 9,216 bytes"
}

// Config is what the page needs.
type Config struct {
	Devices func() []Device           // nil means there are none
	Health  func() []health.Condition // worst first
	Zone    *time.Location
}

// Page serves the page. Any goroutine may call it.
type Page struct {
	Config
	kit    *page.Kit
	hub    *live.Hub
	screen *page.Screen
}

// New reads the template.
func New(kit *page.Kit, hub *live.Hub, c Config) (*Page, error) {
	p := &Page{Config: c, kit: kit, hub: hub}
	var err error
	p.screen, err = kit.Screen(templates, "devices")
	return p, err
}

// Routes adds the page.
func (p *Page) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /floor/devices", p.show)
	mux.HandleFunc("GET /floor/devices/live", p.watch)
}

// shown is the struct of devices.tmpl.
type shown struct{ Devices []card }

// card is one device in words.
type card struct {
	Device
	State string // "well", "notice", "warning", "critical": the worst that holds
	Said  []said
	Wrong []wrong
	Lines []line // of exchanges, newest first
}

// said is a fact in words. Plain is a value that is the same in every language, such as a weight.
type said struct {
	Name, Value string
	Plain       bool
}

// wrong is one condition in words.
type wrong struct{ What, Remedy, Severity, Detail, Since string }

// line is one exchange as the page prints it.
type line struct {
	At   string // "09:05:07.123"
	Sent bool
	Hex  string
}

func (p *Page) shown(lang page.Lang) shown {
	var out shown
	if p.Devices == nil {
		return out
	}
	held := p.Health()
	for _, d := range p.Devices() {
		out.Devices = append(out.Devices, p.card(lang, d, held))
	}
	slices.SortStableFunc(out.Devices, func(a, b card) int { return cmp.Compare(rank(b.State), rank(a.State)) })
	return out
}

// rank puts what needs somebody before what is well.
func rank(state string) int {
	return slices.Index([]string{"well", "notice", "warning", "critical"}, state)
}

func (p *Page) card(lang page.Lang, d Device, held []health.Condition) card {
	c := card{Device: d, State: "well"}
	if d.Down {
		c.State = "warning"
	}
	for _, h := range held {
		if h.Dev != d.Name {
			continue
		}
		c.Wrong = append(c.Wrong, p.wrong(lang, h))
		if s := h.Severity.String(); rank(s) > rank(c.State) {
			c.State = s
		}
	}
	for _, f := range d.Facts {
		name, _ := p.worded(lang, "fact.", f.Key)
		value, known := p.worded(lang, "word.", f.Value)
		c.Said = append(c.Said, said{name, value, !known})
	}
	for _, e := range slices.Backward(d.Exchanges) {
		c.Lines = append(c.Lines, line{e.At.In(p.Zone).Format("15:04:05.000"), e.Sent, e.Hex})
	}
	return c
}

// worded is the text for some English words, or the words themselves.
func (p *Page) worded(lang page.Lang, prefix, words string) (text string, known bool) {
	key := prefix + strings.ReplaceAll(words, " ", "-")
	if !p.kit.Has(lang, key) {
		return words, false
	}
	return p.kit.Text(lang, key), true
}

// wrong puts a condition into words. Codes without a text are shown as they are: better odd than hidden.
func (p *Page) wrong(lang page.Lang, h health.Condition) wrong {
	w := wrong{What: h.Code, Severity: h.Severity.String(), Detail: h.Detail, Since: p.hour(h.Since)}
	if key := "condition." + h.Code; p.kit.Has(lang, key) {
		w.What = p.kit.Text(lang, key)
	}
	if p.kit.Has(lang, h.Remedy()) {
		w.Remedy = p.kit.Text(lang, h.Remedy())
	}
	return w
}

func (p *Page) hour(s clock.Stamp) string {
	if s.Grade == clock.Unset {
		return ""
	}
	return s.Time().In(p.Zone).Format("15:04")
}

func (p *Page) show(w http.ResponseWriter, r *http.Request) {
	lang := page.LangOf(r)
	p.screen.Write(w, http.StatusOK, page.Frame{
		Lang: lang, Title: "devices.title", Self: &url.URL{Path: r.URL.Path}, Data: p.shown(lang),
		Live: fmt.Sprintf("/floor/devices/live?lang=%s", lang),
	})
}

func (p *Page) watch(w http.ResponseWriter, r *http.Request) {
	lang := page.LangOf(r)
	p.hub.Serve(w, r, live.Topic{Key: "devices/" + string(lang), Render: func(context.Context) (live.Parts, error) {
		return p.screen.Parts(lang, p.shown(lang))
	}})
}
