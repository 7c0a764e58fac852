package floor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

// bookPage is the struct of book.tmpl.
type bookPage struct {
	Open     bool
	Since    string // "09:05"
	First    int    // number of each letter that the book begins with
	Rows     []entry
	Services []page.Service
	Outcomes []outcome
	Entered  []string // numbers that this press brought in
	Refusal  *page.Refusal
}

// entry is one line of the paper book, as typed.
type entry struct {
	N                                     int // of the line, from 1
	Number, Service, Came, Ended, Outcome string
	Refusal                               *page.Refusal
}

// bookRows is how many lines are typed in at once: a screen's worth. A sheet of paper has as many.
const bookRows = 12

func (e entry) empty() bool { return e.Number == "" && e.Came == "" && e.Ended == "" }

func (d *Pages) showBook(w http.ResponseWriter, r *http.Request) {
	d.writeBook(w, r, http.StatusOK, bookPage{})
}

func (d *Pages) writeBook(w http.ResponseWriter, r *http.Request, status int, p bookPage) {
	book, err := d.Floor.PaperBook(r.Context())
	if err != nil {
		d.kit.Wait(w, r, "sorry.broken", "", waitSeconds)
		return
	}
	p.Open, p.First, p.Services, p.Outcomes = book.Open, book.First, d.choices().Services, d.outcomeWords(page.LangOf(r))
	if book.Open {
		p.Since = d.hour(book.Since)
	}
	for n := len(p.Rows); n < bookRows; n++ {
		p.Rows = append(p.Rows, entry{})
	}
	for i := range p.Rows {
		p.Rows[i].N = i + 1
	}
	d.book.Write(w, status, page.Frame{Lang: page.LangOf(r), Title: "book.title", Self: bare(r.URL), Data: p})
}

// outcomes are all that a service may end with, the usual ones first.
func (d *Pages) outcomes() []string {
	all := desk.DefaultOutcomes()
	for _, s := range d.Catalogue.Services {
		for _, o := range s.Outcomes {
			if !slices.Contains(all, o) {
				all = append(all, o)
			}
		}
	}
	return all
}

// outcome is a code with its text's key; the key is empty when there is none.
type outcome struct{ Code, Word string }

func (d *Pages) outcomeWords(lang page.Lang) (all []outcome) {
	for _, o := range d.outcomes() {
		all = append(all, outcome{o, d.word(lang, "outcome."+o)})
	}
	return all
}

// setBook begins to write numbers by hand, or ends it.
func (d *Pages) setBook(w http.ResponseWriter, r *http.Request) {
	if !d.kit.Form(w, r) {
		return
	}
	err := d.Floor.SetPaperBook(r.Context(), actor, r.PostForm.Get("open") == "1")
	d.kit.Done(w, r, err, "/floor/book?lang="+string(page.LangOf(r)), func(refused *page.Refusal, status int) {
		d.writeBook(w, r, status, bookPage{Refusal: refused})
	})
}

// enter takes lines of the paper book over. Those that are refused stay on the page as they were typed, each with why.
func (d *Pages) enter(w http.ResponseWriter, r *http.Request) {
	if !d.kit.Form(w, r) {
		return
	}
	p, status := bookPage{}, http.StatusOK
	for _, e := range entries(r.PostForm) {
		token, err := d.take(r.Context(), e)
		if err == nil {
			p.Entered = append(p.Entered, token)
			continue
		}
		e.Refusal, status = d.kit.Refusal(page.LangOf(r), err)
		p.Rows = append(p.Rows, e)
	}
	d.writeBook(w, r, status, p)
}

// entries are the lines of a form in which something stands.
func entries(f url.Values) (all []entry) {
	for n := 1; n <= bookRows; n++ {
		of := func(name string) string { return shortened(strings.TrimSpace(f.Get(fmt.Sprintf("%s-%d", name, n)))) }
		e := entry{Number: of("number"), Service: of("service"), Came: of("came"), Ended: of("ended"), Outcome: of("outcome")}
		if !e.empty() {
			all = append(all, e)
		}
	}
	return all
}

func (d *Pages) take(ctx context.Context, e entry) (string, error) {
	token := tokenOf(e.Number)
	if token.Check() != nil {
		return "", desk.Refuse(desk.BadNumber)
	}
	service, ok := d.written(e.Service, token)
	if !ok {
		return "", desk.Refuse(desk.NoService)
	}
	day := d.Floor.Today()
	came, err := timeOf(e.Came, day)
	if err != nil {
		return "", desk.Refuse(desk.BadEntry)
	}
	into := desk.Entry{Token: token, Services: []id.Service{service.Code}, Lang: string(page.Urdu), Came: came}
	if e.Ended != "" {
		ended, err := timeOf(e.Ended, day)
		if err != nil || ended.After(day) {
			return "", desk.Refuse(desk.BadEntry)
		}
		into.Served, into.Outcomes = []time.Time{ended}, []string{cmp.Or(e.Outcome, usual(service))}
	}
	_, err = d.Floor.Enter(ctx, actor, into)
	return string(token), err
}

// written is the service that a line says, or the one that the number's letter belongs to when it says none.
func (d *Pages) written(code string, t id.Token) (found desk.Service, ok bool) {
	n := 0
	for _, s := range d.Catalogue.Services {
		if code == string(s.Code) || code == "" && strings.HasPrefix(string(t), s.Letter) {
			found, n = s, n+1
		}
	}
	return found, n == 1
}

// usual is how a stop of a service mostly ends.
func usual(s desk.Service) string {
	if len(s.Outcomes) > 0 {
		return s.Outcomes[0]
	}
	return desk.DefaultOutcomes()[0]
}

var errTime = errors.New("not a time of the day")

// timeOf is a time as people write it, of a day: "9:05", "9.05", "0905" and "905", with the digits of either alphabet.
func timeOf(typed string, day time.Time) (time.Time, error) {
	digits := strings.NewReplacer(":", "", ".", "", " ", "", "\u06d4", "").Replace(latin(typed))
	if len(digits) == 3 {
		digits = "0" + digits
	}
	at, err := time.Parse("1504", digits)
	if err != nil {
		return time.Time{}, errTime
	}
	return time.Date(day.Year(), day.Month(), day.Day(), at.Hour(), at.Minute(), 0, 0, day.Location()), nil
}

// sheetPage is the struct of sheet.tmpl: an empty page of the paper book.
type sheetPage struct {
	Letters []letterSheet
	Day     string
}

// letterSheet is the numbers of one letter.
type letterSheet struct {
	Letter   string
	Services []page.Service
	Numbers  []string
}

func (d *Pages) showSheet(w http.ResponseWriter, r *http.Request) {
	book, err := d.Floor.PaperBook(r.Context())
	if err != nil {
		d.kit.Wait(w, r, "sorry.broken", "", waitSeconds)
		return
	}
	p := sheetPage{Day: d.Floor.Today().Format(time.DateOnly)}
	for _, s := range d.choices().Services {
		p.Letters = lettered(p.Letters, s, book.First)
	}
	d.sheet.Write(w, http.StatusOK, page.Frame{Lang: page.LangOf(r), Title: "sheet.title", Self: bare(r.URL), Theme: "light", Data: p})
}

// lettered adds a service to the sheet of its letter.
func lettered(all []letterSheet, s page.Service, first int) []letterSheet {
	i := slices.IndexFunc(all, func(l letterSheet) bool { return l.Letter == s.Letter })
	if i >= 0 {
		all[i].Services = append(all[i].Services, s)
		return all
	}
	l := letterSheet{Letter: s.Letter, Services: []page.Service{s}}
	for n := first; n < first+sheetRows && n <= id.TokenNumberMax; n++ {
		l.Numbers = append(l.Numbers, string(id.NewToken(s.Letter[0], n)))
	}
	return append(all, l)
}

// sheetRows is how many lines a sheet of paper has that can be written on by hand: 1 cm each, with a head.
const sheetRows = 20
