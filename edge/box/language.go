package box

import (
	"errors"
	"fmt"
	"slices"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

// Words is what a service is called in one more language. What is empty is said in Urdu.
type Words struct {
	Name  string   `toml:"name"`
	Way   string   `toml:"way"`
	Bring []string `toml:"bring"`
}

// Situation is what happened to somebody, offered on the kiosk to those who do not know the names of services.
type Situation struct {
	Code      string       `toml:"code"`      // one that the pages have words for: docs/box.toml lists them
	Pictogram string       `toml:"pictogram"` // of the kiosk; that of its first service when empty
	Services  []id.Service `toml:"services"`  // what it leads to, in order
}

// languages are those that visitors can choose; Urdu and English when nothing is said.
func (c Config) languages() []page.Lang {
	if len(c.Languages) == 0 {
		return []page.Lang{page.Urdu, page.English}
	}
	return c.Languages
}

func (c Config) languageCodes() []string {
	var out []string
	for _, l := range c.languages() {
		out = append(out, string(l))
	}
	return out
}

func (s Service) in() map[string]desk.Words {
	if len(s.In) == 0 {
		return nil
	}
	out := make(map[string]desk.Words, len(s.In))
	for l, w := range s.In {
		out[l] = desk.Words{Name: w.Name, Way: w.Way, Bring: w.Bring}
	}
	return out
}

func (c Config) situations() []desk.Situation {
	var out []desk.Situation
	for _, s := range c.Situations {
		picture := s.Pictogram
		if picture == "" && len(s.Services) > 0 {
			picture = c.pictogram(s.Services[0])
		}
		out = append(out, desk.Situation{Code: s.Code, Pictogram: picture, Services: s.Services})
	}
	return out
}

func (c Config) pictogram(code id.Service) string {
	i := slices.IndexFunc(c.Services, func(s Service) bool { return s.Code == code })
	if i < 0 || c.Services[i].Pictogram == "" {
		return string(code)
	}
	return c.Services[i].Pictogram
}

// checkLanguages reports languages that there are no texts in.
func (c Config) checkLanguages() error {
	var faults []error
	if c.languages()[0] != page.Urdu {
		faults = append(faults, errors.New(`languages: want "ur" first: it is what the kiosk returns to`))
	}
	for i, l := range c.languages() {
		if !l.Known() || slices.Contains(c.languages()[:i], l) {
			faults = append(faults, fmt.Errorf("languages: %q has no texts, or stands twice", l))
		}
	}
	for _, s := range c.Services {
		for l := range s.In {
			if !page.Lang(l).Known() {
				faults = append(faults, fmt.Errorf("service %s: there is no language %q", s.Code, l))
			}
		}
	}
	return errors.Join(faults...)
}
