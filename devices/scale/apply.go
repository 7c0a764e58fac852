package scale

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"markaz.example/devices/profile"
)

// parameter is one setting that a scale keeps, and how it is asked for and set. A reply's last field is the value.
type parameter struct {
	key   string
	want  string
	ask   string            // without its end
	index string            // first field of the reply's text when the scale keeps several under one name; "" for one
	codes map[string]string // value on the line by word of the profile
}

// Source: MT-SICS reference manual, M02 (environment), M03 (automatic zero), M21 (unit; 0 is the one on the line). They
// are of level 2 or 3: a scale without them answers ES.
func parameters(f profile.ScaleFirmware) []parameter {
	return []parameter{
		{key: "unit", want: f.Unit, ask: "M21", index: "0", codes: map[string]string{"g": "0", "kg": "1"}},
		{key: "environment", want: f.Environment, ask: "M02", codes: map[string]string{
			"very-stable": "0", "stable": "1", "standard": "2", "unstable": "3",
		}},
		{key: "auto_zero", want: f.AutoZero, ask: "M03", codes: map[string]string{"off": "0", "on": "1"}},
	}
}

// apply goes through what the profile wants. Only the end of the conversation stops it.
func (s *session) apply(ctx context.Context) ([]profile.Setting, error) {
	var all []profile.Setting
	for _, p := range parameters(s.d.Profile.Firmware) {
		if p.want == "" {
			continue
		}
		set := s.put(ctx, p)
		if ends(set.Err) && !errors.Is(set.Err, errNotTaken) {
			return all, set.Err
		}
		all = append(all, set)
	}
	return all, nil
}

// errNotTaken: the scale said yes and kept what it had.
var errNotTaken = errors.New("the scale took the setting and kept its own: set it at its keys")

func (s *session) put(ctx context.Context, p parameter) profile.Setting {
	set := profile.Setting{Key: "firmware." + p.key, Want: p.want}
	if set.Was, set.Err = s.query(ctx, p); set.Err != nil {
		return set
	}
	if set.Now = set.Was; set.Was == p.want {
		return set
	}
	command := strings.Join(strings.Fields(p.ask+" "+p.index+" "+p.codes[p.want]), " ")
	reply, err := s.exchange(ctx, []byte(command+"\r\n"), s.answer, answers(p.ask))
	if err == nil && reply.status != "A" {
		err = &RefusedError{Command: command, Code: reply.status}
	}
	if err == nil {
		set.Now, err = s.query(ctx, p)
	}
	if err == nil && set.Now != p.want {
		err = errNotTaken
	}
	set.Err = err
	return set
}

// query reads one parameter as a word of the profile, or the scale's own code where there is no word for it.
func (s *session) query(ctx context.Context, p parameter) (value string, err error) {
	ours := func(m message) bool {
		if !answers(p.ask)(m) {
			return false
		}
		if code, ok := p.code(m.text); ok {
			value = code
		}
		return m.status != "B"
	}
	m, err := s.exchange(ctx, []byte(p.ask+"\r\n"), s.answer, ours)
	switch {
	case err != nil:
		return "", err
	case m.status != "A":
		return "", &RefusedError{Command: p.ask, Code: m.status}
	case value == "":
		return "", fmt.Errorf("answer %q to %s: %w", m.text, p.ask, ErrNoAnswer)
	}
	return p.word(value), nil
}

// code is the value in a reply's text, if the reply is about this parameter.
func (p parameter) code(text string) (string, bool) {
	f := strings.Fields(text)
	if p.index != "" {
		if len(f) != 2 || f[0] != p.index {
			return "", false
		}
		f = f[1:]
	}
	if len(f) != 1 {
		return "", false
	}
	return f[0], true
}

func (p parameter) word(code string) string {
	for word, c := range p.codes {
		if c == code {
			return word
		}
	}
	return code
}
