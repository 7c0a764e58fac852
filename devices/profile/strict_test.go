package profile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// shipped is every profile that comes with the box.
func shipped(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../../firmware-configs/*.toml")
	if err != nil || len(files) < 2 {
		t.Fatalf("found %q, %v", files, err)
	}
	texts := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(f)] = string(b)
	}
	return texts
}

func TestEveryShippedProfileLoads(t *testing.T) {
	for name, text := range shipped(t) {
		fsys := fstest.MapFS{name: {Data: []byte(text)}}
		if _, err := Load(fsys, name); err != nil {
			t.Error(err)
		}
		if class, err := Class(fsys, name); err != nil || !strings.HasPrefix(name, class+"-") {
			t.Errorf("%s is of class %q, %v; its name begins with another", name, class, err)
		}
	}
}

// A key that is not known, at the top and in every table, is an error naming the file and the line.
func TestEveryShippedProfileIsReadStrictly(t *testing.T) {
	const key = "no_such_key"
	for name, text := range shipped(t) {
		lines := strings.SplitAfter(text, "\n")
		for i, line := range lines {
			first := i == 0
			if !first && !strings.HasPrefix(line, "[") {
				continue
			}
			at := i
			if !first {
				at = i + 1 // within the table
			}
			spoilt := strings.Join(lines[:at], "") + key + " = 1\n" + strings.Join(lines[at:], "")
			_, err := Load(fstest.MapFS{name: {Data: []byte(spoilt)}}, name)
			want := fmt.Sprintf("line %d: unknown key %q", at+1, table(line)+key)
			if strings.TrimSpace(line) == "[iso8583.fields]" { // whose keys are numbers of fields, and whose values words
				want = fmt.Sprintf("line %d, column", at+1)
			}
			if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), name) {
				t.Errorf("%s with a key too many: %v\nwant it to name the file and say %q", name, err, want)
			}
		}
	}
}

// table is the prefix of the keys below a line that opens a table.
func table(line string) string {
	if name := strings.Trim(strings.TrimSpace(line), "[]"); strings.HasPrefix(line, "[") {
		return name + "."
	}
	return ""
}

func TestLoadRefusesOtherClasses(t *testing.T) {
	for _, text := range []string{`class = "toaster"`, `model = "x"`, `class = 1`} {
		if _, err := Load(fstest.MapFS{"m.toml": {Data: []byte(text)}}, "m.toml"); err == nil || !strings.Contains(err.Error(), "m.toml") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
