package public

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"

	"markaz.example/edge/web/page"
)

// view is how one visitor looks at a kiosk. It travels in the addresses, so that it works without scripts and ends with
// the visitor: the start has none of it.
type view struct {
	Kiosk int
	Lang  page.Lang
	Life  bool // by what happened, not by service
	Large bool // letters
	High  bool // contrast
	Scan  bool // one switch: the focus walks by itself
}

// viewOf reads a view from a request's query or form, or reports that there is no such kiosk.
func viewOf(r *http.Request) (view, bool) {
	kiosk, ok := kioskOf(r)
	on := func(name string) bool { return r.FormValue(name) == "1" }
	return view{Kiosk: kiosk, Lang: page.LangOf(r), Life: on("life"), Large: on("large"), High: on("high"), Scan: on("scan")}, ok
}

// kioskOf is the number of the kiosk that asks; 1 when it says nothing.
func kioskOf(r *http.Request) (int, bool) {
	given := r.FormValue("k")
	if given == "" {
		return 1, true
	}
	n, err := strconv.Atoi(given)
	return n, err == nil && 1 <= n && n <= kiosksMax
}

func kioskName(kiosk int) string { return "kiosk/" + strconv.Itoa(kiosk) }

// query is the view in an address.
func (v view) query() string {
	q := url.Values{}
	for name, value := range v.Hidden() {
		q.Set(name, value)
	}
	return q.Encode()
}

func (v view) at(path string) template.URL { return template.URL(path + "?" + v.query()) }

// Start is where the next visitor begins: in Urdu, by service, with nothing changed.
func (v view) Start() template.URL { return view{Kiosk: v.Kiosk, Lang: page.Urdu}.at("/kiosk") }

// Back is the kiosk as this visitor has it.
func (v view) Back() template.URL { return v.at("/kiosk") }

// Where is the page that tells a number's place in line.
func (v view) Where() template.URL { return v.at("/kiosk/where") }

// Booked is the page for those who have an appointment.
func (v view) Booked() template.URL { return v.at("/kiosk/booked") }

// In is this page in another language.
func (v view) In(l page.Lang) template.URL { v.Lang = l; return v.at("/kiosk") }

// ByLife and ByService are the two ways to say what one has come for.
func (v view) ByLife() template.URL    { v.Life = true; return v.at("/kiosk") }
func (v view) ByService() template.URL { v.Life = false; return v.at("/kiosk") }

// ToLarge, ToHigh and ToScan turn one of the ways to see and use the page on or off.
func (v view) ToLarge() template.URL { v.Large = !v.Large; return v.at("/kiosk") }
func (v view) ToHigh() template.URL  { v.High = !v.High; return v.at("/kiosk") }
func (v view) ToScan() template.URL  { v.Scan = !v.Scan; return v.at("/kiosk") }

// Hidden are the fields that carry the view through a form.
func (v view) Hidden() map[string]string {
	out := map[string]string{"k": strconv.Itoa(v.Kiosk), "lang": string(v.Lang)}
	for name, on := range map[string]bool{"life": v.Life, "large": v.Large, "high": v.High, "scan": v.Scan} {
		if on {
			out[name] = "1"
		}
	}
	return out
}
