package page

import (
	"fmt"
	"html/template"
	"strings"
	"time"
)

// funcs is what templates may call, in one language.
func (s *Site) funcs(l Lang) template.FuncMap {
	own := s.texts[l]
	return template.FuncMap{
		"t": own.HTML, "plain": own.Plain, "number": number, "lang": func() Lang { return l },
		"when":  func(t time.Time) template.HTML { return s.when(t, "ago") },
		"age":   func(t time.Time) template.HTML { return s.when(t, "age") },
		"ms":    func(ms int64) time.Time { return time.UnixMilli(ms) },
		"stamp": func(t time.Time) template.HTML { return s.when(t, "") },
		"name":  func(en, ur string) string { return pick(l, en, ur) },
		"alias": func(en, ur string) template.HTML { return inOther(l, pick(l.Other(), en, ur)) },
	}
}

func pick(l Lang, en, ur string) string {
	if l == Urdu {
		return ur
	}
	return en
}

// inOther is a name in the language that the page does not speak.
func inOther(l Lang, text string) template.HTML {
	o := l.Other()
	return template.HTML(fmt.Sprintf(`<span class="also" lang="%s" dir="%s">%s</span>`, o, o.Dir(), template.HTMLEscapeString(text)))
}

// when is a moment. It stands as a date, which does not change by itself, and the script turns it into words that do:
// how long ago, or how old.
func (s *Site) when(t time.Time, as string) template.HTML {
	if t.IsZero() {
		return `<span class="none">–</span>`
	}
	t = t.In(s.Zone)
	return template.HTML(fmt.Sprintf(`<time dir="ltr" datetime="%s" data-as="%s">%s</time>`,
		t.Format(time.RFC3339), as, t.Format("2006-01-02 15:04")))
}

// number groups digits by three: "12,345".
func number(n uint64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// duration is a length of time in the two coarsest units: "3 d 4 h", "2 min".
func duration(t texts, d time.Duration) string {
	var out []string
	for _, u := range []struct {
		key  string
		unit time.Duration
	}{{"unit.d", 24 * time.Hour}, {"unit.h", time.Hour}, {"unit.min", time.Minute}, {"unit.s", time.Second}} {
		if n := d / u.unit; n > 0 && len(out) < 2 {
			out = append(out, fmt.Sprintf("%d %s", n, t.Sentence(u.key)))
			d -= n * u.unit
		}
	}
	if len(out) == 0 {
		return "0 " + t.Sentence("unit.s")
	}
	return strings.Join(out, " ")
}
