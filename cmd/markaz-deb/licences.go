package main

import (
	"bytes"
	"cmp"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
)

var errNoLicence = errors.New("no licence file in the module")

// modules is what was linked into the programs besides our own code, by path.
func modules(built []program) []*debug.Module {
	known := map[string]*debug.Module{}
	for _, p := range built {
		for _, m := range p.info.Deps {
			for m.Replace != nil {
				m = m.Replace
			}
			known[m.Path+"@"+m.Version] = m
		}
	}
	all := make([]*debug.Module, 0, len(known))
	for _, m := range known {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b *debug.Module) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Version, b.Version))
	})
	return all
}

// copyright is Debian's file of that name: our terms, and after them those of everything that is linked in or lies beside.
func (p parcel) copyright(built []program) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("markaz is made from https://markaz.example under the Apache License, version 2.0; Debian systems have its text in\n" +
		"/usr/share/common-licenses/Apache-2.0. Copyright of the markaz developers.\n\n" +
		"The clips of the voice are sounds that the program espeak-ng made. What else is in this package, and under\nwhich terms:\n")
	texts, err := p.terms(built)
	if err != nil {
		return nil, err
	}
	for _, t := range texts {
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n", strings.Repeat("-", lineMax), strings.Join(t.of, "\n"), strings.TrimSpace(t.text))
	}
	return b.Bytes(), nil
}

// term is one licence's text and what it is for.
type term struct {
	of   []string
	text string
}

func (p parcel) terms(built []program) ([]term, error) {
	var all []term
	add := func(of, text string) {
		if i := slices.IndexFunc(all, func(t term) bool { return t.text == text }); i >= 0 {
			all[i].of = append(all[i].of, of)
			return
		}
		all = append(all, term{[]string{of}, text})
	}
	for _, m := range modules(built) {
		text, err := p.licenceOf(m)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", m.Path, m.Version, err)
		}
		add(m.Path+" "+m.Version, text)
	}
	beside, err := p.beside(built[0].info)
	for _, t := range beside {
		add(t.of[0], t.text)
	}
	return all, err
}

// beside is the terms of what is no module: the language's own library, and the fonts.
func (p parcel) beside(info *buildinfo.BuildInfo) ([]term, error) {
	goRoot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	library, err := licenceIn(strings.TrimSpace(string(goRoot)))
	if err != nil {
		return nil, err
	}
	fonts, err := os.ReadFile(filepath.Join(p.Source, "devices/slip/fonts/OFL.txt"))
	return []term{
		{[]string{"The Go library, " + info.GoVersion}, library},
		{[]string{"The fonts Noto Nastaliq Urdu and those beside it"}, string(fonts)},
	}, err
}

func (p parcel) licenceOf(m *debug.Module) (string, error) {
	dir := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", m.Path)
	dir.Dir = p.Source
	out, err := dir.Output()
	if err != nil {
		return "", fmt.Errorf("go list: %w", err)
	}
	return licenceIn(strings.TrimSpace(string(out)))
}

// licenceIn joins the licence files of a directory, by name.
func licenceIn(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	var texts []string
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if e.IsDir() || !hasPrefix(name, "LICENSE", "LICENCE", "COPYING", "NOTICE") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return "", err
		}
		texts = append(texts, shortened(string(b)))
	}
	if len(texts) == 0 {
		return "", errNoLicence
	}
	return strings.Join(texts, "\n"), nil
}

// shortened leaves out the Apache License, whose text every Debian system has; whose copyright it is stays.
func shortened(text string) string {
	if !strings.Contains(text, "Apache License") || !strings.Contains(text, "TERMS AND CONDITIONS FOR USE, REPRODUCTION") {
		return text
	}
	lines := []string{"Apache License, version 2.0: /usr/share/common-licenses/Apache-2.0"}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "Copyright ") && !strings.Contains(line, "[yyyy]") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func hasPrefix(name string, any ...string) bool {
	return slices.ContainsFunc(any, func(p string) bool { return strings.HasPrefix(name, p) })
}
