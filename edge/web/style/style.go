package style

import (
	"embed"
	"net/http"
	"net/url"

	"markaz.example/edge/web/page"
)

//go:embed style.tmpl
var templates embed.FS

// Style serves the page. Any goroutine may use it.
type Style struct {
	kit    *page.Kit
	screen *page.Screen
}

// New reads the page's template.
func New(kit *page.Kit) (*Style, error) {
	s, err := kit.Screen(templates, "style")
	return &Style{kit, s}, err
}

// Routes adds the page.
func (s *Style) Routes(mux *http.ServeMux) { mux.HandleFunc("GET /style", s.show) }

func (s *Style) show(w http.ResponseWriter, r *http.Request) {
	s.screen.Write(w, http.StatusOK, page.Frame{
		Lang: page.LangOf(r), Title: "style.title", Self: &url.URL{Path: "/style"}, Data: s.page(),
	})
}

// stylePage is the struct of style.tmpl.
type stylePage struct{ Pieces []piece }

// piece is one thing that pages are made of.
type piece struct {
	Name    string // of its texts: style.NAME and style.NAME.when
	Classes string
	Views   []view
}

// view is a piece as one reader has it.
type view struct {
	Piece string
	Lang  page.Lang
	Theme string // "light" or "dark"
	kit   *page.Kit
}

// T is a text in the language of the view, whatever the page's is.
func (v view) T(key string, values ...any) string { return v.kit.Text(v.Lang, key, values...) }

// ID makes a name that stands once on the page.
func (v view) ID(name string) string { return name + "-" + string(v.Lang) + "-" + v.Theme }

// Signs are a letter and a drawing of each colour.
func (v view) Signs() []sign {
	return []sign{
		{"A", "kafaalat"}, {"B", "nashonuma"}, {"C", "wazaif"}, {"D", "survey"}, {"E", "payment"}, {"F", "complaint"},
		{"G", "identity"}, {"M", "health"}, {"R", "disability"}, {"L", "loan"}, {"T", "tahafuz"}, {"W", "account"},
	}
}

type sign struct{ Letter, Pictogram string }

func (s *Style) page() stylePage {
	p := stylePage{}
	for _, of := range pieces() {
		for _, theme := range []string{"light", "dark"} {
			for _, l := range []page.Lang{page.Urdu, page.English} {
				of.Views = append(of.Views, view{of.Name, l, theme, s.kit})
			}
		}
		p.Pieces = append(p.Pieces, of)
	}
	return p
}

// pieces are in the order in which a page is made: ground, words, presses, lists, forms, answers.
func pieces() []piece {
	return []piece{
		{Name: "colours", Classes: "var(--ink) …"}, {Name: "signs", Classes: ".hue-A .pictogram"},
		{Name: "type", Classes: "var(--t-title) var(--lead) .also"}, {Name: "button", Classes: ".button .quiet .danger .small"},
		{Name: "pick", Classes: ".picks .pick"}, {Name: "card", Classes: ".card .rows .row-main .row-acts"},
		{Name: "chip", Classes: ".chip .badge .is-warning .is-alarm"}, {Name: "token", Classes: ".token .token-big .letter"},
		{Name: "timer", Classes: ".timer .range .is-warning .is-alarm"}, {Name: "dot", Classes: ".live-dot .is-good .is-warning .is-alarm"},
		{Name: "arrow", Classes: ".arrow .way .way-up-right"}, {Name: "steps", Classes: ".steps .step-done .step-now .progress"},
		{Name: "table", Classes: ".table-hold .table .figure"},
		{Name: "field", Classes: ".form .field .field-hint .field-error .field-figure .check"},
		{Name: "choices", Classes: ".choices .choice"}, {Name: "keypad", Classes: ".keypad .keypad-go"},
		{Name: "confirm", Classes: "details.confirm"}, {Name: "dialog", Classes: "[popover].dialog dialog.dialog"},
		{Name: "notice", Classes: ".notice .banner .is-warning .is-alarm"}, {Name: "toast", Classes: ".toast"},
		{Name: "empty", Classes: ".empty"}, {Name: "skeleton", Classes: ".skeleton"}, {Name: "notlive", Classes: ".notlive"},
	}
}
