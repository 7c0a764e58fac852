package plug

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// assignment is one KEY{attribute}op"value" of a udev rule. Source: udev(7), "rules files".
var assignment = regexp.MustCompile(`^\s*([A-Z_]+)(?:\{([^}"]+)\})?(==|!=|\+=|-=|:=|=)"([^"]*)"\s*(?:,|$)`)

// udevKeys is what our rules use, each with the operators it allows.
var udevKeys = map[string]string{
	"ACTION": "== !=", "SUBSYSTEM": "== !=", "KERNEL": "== !=", "ENV": "== != =", "ATTR": "== !=", "ATTRS": "== !=",
	"SYMLINK": "+=", "GOTO": "=", "LABEL": "=", "GROUP": "=", "MODE": "=", "TAG": "+=",
}

type udevRule struct {
	line         int
	label, goal  string
	matches, set []string
}

func parseUdevRule(line int, text string) (udevRule, error) {
	r := udevRule{line: line}
	for strings.TrimSpace(text) != "" {
		m := assignment.FindStringSubmatch(text)
		if m == nil {
			return r, fmt.Errorf("line %d: cannot read %q", line, text)
		}
		text = text[len(m[0]):]
		key, op, value := m[1], m[3], m[4]
		if !slices.Contains(strings.Fields(udevKeys[key]), op) {
			return r, fmt.Errorf("line %d: %s%s is not known", line, key, op)
		}
		switch {
		case key == "LABEL":
			r.label = value
		case key == "GOTO":
			r.goal = value
		case op == "==" || op == "!=":
			r.matches = append(r.matches, key)
		default:
			r.set = append(r.set, value)
		}
	}
	return r, nil
}

// checkUdevRules also holds that every GOTO has its LABEL further down, and that a name under /dev is given only to what
// was looked at.
func checkUdevRules(text string) error {
	var rules []udevRule
	scan := bufio.NewScanner(strings.NewReader(text))
	for n := 1; scan.Scan(); n++ {
		line := strings.TrimSpace(scan.Text())
		if line == "" || strings.HasPrefix(line, "#") && !strings.HasPrefix(line, `#ENV{`) {
			continue
		}
		r, err := parseUdevRule(n, strings.TrimPrefix(line, "#"))
		if err != nil {
			return err
		}
		rules = append(rules, r)
	}
	for i, r := range rules {
		there := slices.ContainsFunc(rules[i:], func(o udevRule) bool { return o.label == r.goal })
		if r.goal != "" && !there {
			return fmt.Errorf("line %d: GOTO %q leads nowhere", r.line, r.goal)
		}
		if len(r.set) > 0 && len(r.matches) == 0 {
			return fmt.Errorf("line %d: gives a name to everything", r.line)
		}
	}
	return nil
}

func TestUdevRules(t *testing.T) {
	b, err := os.ReadFile("../../firmware-configs/99-markaz.rules")
	if err != nil {
		t.Fatal(err)
	}
	if err := checkUdevRules(string(b)); err != nil {
		t.Errorf("99-markaz.rules: %v", err)
	}
	for name, bad := range map[string]string{
		"a misspelt key":       `SUBSYSTM=="tty", SYMLINK+="x"`,
		"a wrong operator":     `SUBSYSTEM=="tty", SYMLINK=="x"`,
		"a missing quote":      `SUBSYSTEM=="tty, SYMLINK+="x"`,
		"a goto to nowhere":    `SUBSYSTEM=="tty", GOTO="end"`,
		"a goto that goes up":  "LABEL=\"end\"\nSUBSYSTEM==\"tty\", GOTO=\"end\"",
		"a name for all there": `SYMLINK+="x"`,
	} {
		if err := checkUdevRules(bad); err == nil {
			t.Errorf("control: %s was accepted", name)
		}
	}
}
