package update

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
)

// Version is a version of a package as Debian writes it: [epoch:]upstream[-revision].
type Version string

var versionShape = regexp.MustCompile(`^([0-9]{1,4}:)?[0-9][A-Za-z0-9.+~-]{0,63}$`)

// Check reports a version that Debian's tools would not take.
func (v Version) Check() error {
	if !versionShape.MatchString(string(v)) {
		return fmt.Errorf("version %q, want digits first, then letters, digits, . + ~ and -", string(v))
	}
	return nil
}

// Compare is below zero when v comes before w, as dpkg compares.
// Source: deb-version(7), "Sorting algorithm".
func (v Version) Compare(w Version) int {
	ve, vu, vr := v.parts()
	we, wu, wr := w.parts()
	return cmp.Or(compare(ve, we), compare(vu, wu), compare(vr, wr))
}

func (v Version) parts() (epoch, upstream, revision string) {
	epoch, rest, found := strings.Cut(string(v), ":")
	if !found {
		epoch, rest = "0", string(v)
	}
	if i := strings.LastIndexByte(rest, '-'); i >= 0 {
		return epoch, rest[:i], rest[i+1:]
	}
	return epoch, rest, "0"
}

// compare takes turns between what is no digit, compared letter by letter, and numbers.
func compare(a, b string) int {
	for a != "" || b != "" {
		var x, y string
		x, a = split(a, false)
		y, b = split(b, false)
		if c := compareLetters(x, y); c != 0 {
			return c
		}
		x, a = split(a, true)
		y, b = split(b, true)
		x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
		if c := cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)); c != 0 {
			return c
		}
	}
	return 0
}

func split(s string, digits bool) (head, rest string) {
	i := strings.IndexFunc(s, func(r rune) bool { return (r >= '0' && r <= '9') != digits })
	if i < 0 {
		return s, ""
	}
	return s[:i], s[i:]
}

func compareLetters(a, b string) int {
	for i := range max(len(a), len(b)) {
		if c := cmp.Compare(weight(a, i), weight(b, i)); c != 0 {
			return c
		}
	}
	return 0
}

// weight: a tilde comes before the end, the end before letters, letters before the rest.
func weight(s string, i int) int {
	switch {
	case i >= len(s):
		return 0
	case s[i] == '~':
		return -1
	case s[i] >= 'A' && s[i] <= 'Z' || s[i] >= 'a' && s[i] <= 'z':
		return int(s[i])
	}
	return int(s[i]) + 256
}
