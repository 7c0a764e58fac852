package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"markaz.example/edge/screen"
)

//go:embed layout.tmpl shared.tmpl pictogram.tmpl icon.tmpl sorry.tmpl
var shared embed.FS

// Kit is what every page is made with. Any goroutine may use it.
type Kit struct {
	centre Name
	offers []Lang                          // to visitors, in the order of their buttons
	own    map[Lang]texts                  // that are compiled in, without what a language falls back to
	texts  map[Lang]*atomic.Pointer[texts] // that are shown
	assets screen.Assets
	build  atomic.Pointer[string]
	sorry  *Screen
	log    *slog.Logger

	mu      sync.Mutex
	program string // guarded by mu: names assets, texts and screens of this program
	worn    []byte // guarded by mu: texts over ours; nil for none
}

// New reads the texts and assets that are compiled in. Fonts holds the font files named in fontNames.
func New(centre Name, fonts fs.FS, log *slog.Logger) (*Kit, error) {
	k := &Kit{centre: centre, offers: screen.Full(), own: map[Lang]texts{}, texts: map[Lang]*atomic.Pointer[texts]{}, log: log}
	for _, l := range screen.Langs() {
		t, err := readTexts(l)
		if err != nil {
			return nil, err
		}
		k.own[l], k.texts[l] = t, &atomic.Pointer[texts]{}
	}
	all, err := k.overlay([]byte("{}"))
	if err != nil {
		return nil, err
	}
	for l, t := range all {
		k.texts[l].Store(&t)
	}
	a, err := newAssets(fonts)
	if err != nil {
		return nil, err
	}
	k.assets = a
	if err := k.add(assetFiles, textFiles, shared); err != nil {
		return nil, err
	}
	k.sorry, err = k.Screen(shared, "sorry")
	return k, err
}

// Offer says which languages visitors can choose, in the order of their buttons. It is called before the pages are made.
func (k *Kit) Offer(langs []Lang) error {
	if len(langs) == 0 || langs[0] != Urdu {
		return fmt.Errorf("languages %v: want Urdu first: a page that nobody chose a language for speaks it", langs)
	}
	for i, l := range langs {
		if !l.Known() || slices.Contains(langs[:i], l) {
			return fmt.Errorf("language %q: want each once, of %v", l, screen.Langs())
		}
	}
	k.offers = langs
	return nil
}

// add names what the program shows once more.
func (k *Kit) add(trees ...fs.FS) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	named, err := screen.BuildOf(k.program, trees...)
	if err != nil {
		return err
	}
	k.program = named
	return k.nameBuild()
}

// text is a language as it is shown now.
func (k *Kit) text(l Lang) texts { return *k.texts[l].Load() }

// Build names the assets, texts and screens of this program, once all screens are parsed. A browser that shows another
// build loads itself anew.
func (k *Kit) Build() string { return *k.build.Load() }

// Text is a plain text by key, for what is neither page nor part.
func (k *Kit) Text(l Lang, key string, values ...any) string { return k.text(l).Plain(key, values...) }

// Has says whether there is a text: codes that come from other packages may be newer than ours.
func (k *Kit) Has(l Lang, key string) bool {
	_, ok := k.text(l)[key]
	return ok
}

// Screen is one template in every language.
type Screen struct {
	kit   *Kit
	name  string
	parts []string // names of the live parts, without "part:"
	sets  map[Lang]*template.Template
}

const partPrefix = "part:"

// Screen parses name.tmpl of files together with the layout, and with further files of blocks that it shares with
// others. Screens are parsed one after another.
func (k *Kit) Screen(files fs.FS, name string, with ...string) (*Screen, error) {
	own := []string{name + ".tmpl"}
	for _, more := range with {
		own = append(own, more+".tmpl")
	}
	s := &Screen{kit: k, name: name, sets: map[Lang]*template.Template{}}
	for l := range k.texts {
		set, err := template.New("layout.tmpl").Funcs(k.funcs(l)).ParseFS(shared, "layout.tmpl", "shared.tmpl", "pictogram.tmpl", "icon.tmpl")
		if err != nil {
			return nil, fmt.Errorf("layout: %w", err)
		}
		if set, err = set.ParseFS(files, own...); err != nil {
			return nil, fmt.Errorf("screen %s: %w", name, err)
		}
		s.sets[l] = set
	}
	if err := k.add(files); err != nil {
		return nil, err
	}
	for _, t := range s.sets[Urdu].Templates() {
		if part, ok := strings.CutPrefix(t.Name(), partPrefix); ok {
			s.parts = append(s.parts, part)
		}
	}
	return s, nil
}

// Frame is what a page needs besides its struct.
type Frame struct {
	Lang   Lang
	Title  string   // key of its text
	Live   string   // path of its socket; none when empty
	Self   *url.URL // of this page; the language switch goes there. None when nil
	Data   any      // the struct of the screen
	Theme  string   // "light" or "dark" whatever the person's own setting is; empty follows it
	Script string   // file of assets that the page needs besides live.js; empty for none
	// Poll makes a browser too old for our scripts load the page anew every so many seconds; 0 means never.
	Poll int
	// Refresh makes a browser without our module ask again after so many seconds; 0 means never.
	Refresh int
}

// Write sends a whole page.
func (s *Screen) Write(w http.ResponseWriter, status int, f Frame) {
	var b bytes.Buffer
	if err := s.sets[f.Lang].ExecuteTemplate(&b, "layout.tmpl", layout{Frame: f, screen: s}); err != nil {
		s.kit.log.Error("page not rendered", "page", s.name, "err", err)
		http.Error(w, "This page could not be shown. Tell the manager; the queue goes on.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(b.Bytes()) // a browser that left is no error of ours
}

// Parts renders the live parts: element id to HTML.
func (s *Screen) Parts(l Lang, data any) (map[string]string, error) {
	out := make(map[string]string, len(s.parts))
	for _, part := range s.parts {
		var b strings.Builder
		if err := s.sets[l].ExecuteTemplate(&b, partPrefix+part, data); err != nil {
			return nil, fmt.Errorf("render %s of %s: %w", part, s.name, err)
		}
		out[part] = b.String()
	}
	return out, nil
}

// layout is the struct of layout.tmpl.
type layout struct {
	Frame
	screen *Screen
}

func (l layout) Name() string  { return l.screen.name }
func (l layout) Build() string { return l.screen.kit.Build() }
func (l layout) Asset(name string) string {
	return "/assets/" + l.screen.kit.Build() + "/" + name
}

// SwitchURL is this page in the other language.
func (l layout) SwitchURL() string { return WithLang(l.Self, l.Lang.Other()) }

// WithLang is a page's address in a language.
func WithLang(u *url.URL, l Lang) string {
	q := u.Query()
	q.Set("lang", string(l))
	return u.Path + "?" + q.Encode()
}

// funcs is what templates may call, in one language.
func (k *Kit) funcs(l Lang) template.FuncMap {
	return template.FuncMap{
		"t":     func(key string, values ...any) template.HTML { return k.text(l).HTML(key, named(l, values)...) },
		"plain": func(key string, values ...any) string { return k.text(l).Plain(key, named(l, values)...) },
		"also": func(key string, values ...any) template.HTML {
			return inOther(l, k.text(l).HTML(key, named(l, values)...), k.text(l.Other()).HTML(key, named(l.Other(), values)...))
		},
		"name": func(n Name) string { return n.In(l) },
		"alsoName": func(n Name) template.HTML {
			return inOther(l, escaped(n.In(l)), escaped(n.In(l.Other())))
		},
		"centre": func() Name { return k.centre },
		"lang":   func() Lang { return l },
		"offers": func() []Lang { return k.offers },
		"dir":    func() string { return l.Dir() },
		"keys":   func() []string { return strings.Split("1234567890", "") },
	}
}

// named puts names among the values of a text into its language.
func named(l Lang, values []any) []any {
	out := slices.Clone(values)
	for i, v := range out {
		if n, ok := v.(Name); ok {
			out[i] = n.In(l)
		}
	}
	return out
}

func escaped(s string) template.HTML { return template.HTML(template.HTMLEscapeString(s)) }

// inOther is what stands second, in the other language; nothing where a language falls back to it and both are the same.
func inOther(l Lang, own, text template.HTML) template.HTML {
	if own == text {
		return ""
	}
	o := l.Other()
	return template.HTML(fmt.Sprintf(`<span class="also" lang="%s" dir="%s">%s</span>`, o, o.Dir(), text))
}
