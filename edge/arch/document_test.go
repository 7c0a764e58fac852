package arch_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// named is how ARCHITECTURE.md calls a test: `edge/ledger.TestOneProcessAtATime`.
var named = regexp.MustCompile("`((?:edge|devices|sync|cmd)/[a-z/-]+)\\.((?:Test|Fuzz)[A-Za-z]+)`")

// numbered is a row of the table of invariants.
var numbered = regexp.MustCompile(`(?m)^\| ([0-9]+) \| [A-Z]`)

// The document's invariants are numbered through and name tests that exist, and its rows and list of packages are whole.
func TestArchitectureIsTrue(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	tests := named.FindAllStringSubmatch(text, -1)
	if len(tests) == 0 {
		t.Error("the document names no test")
	}
	for _, m := range tests {
		if !exists(t, m[1], m[2]) {
			t.Errorf("there is no %s in %s", m[2], m[1])
		}
	}
	for i, m := range numbered.FindAllStringSubmatch(text, -1) {
		if m[1] != strconv.Itoa(i+1) {
			t.Errorf("invariant %s stands in the place of %d", m[1], i+1)
		}
	}
	_, rows, _ := strings.Cut(text, "| row | edge | devices | sync |\n|---|---|---|---|\n")
	rows, _, _ = strings.Cut(rows, "\n\n")
	for i, row := range slices.Backward(strings.Split(rows, "\n")) {
		if !strings.HasPrefix(row, "| "+strconv.Itoa(strings.Count(rows, "\n")-i)+" |") {
			t.Errorf("the rows of packages do not fall by one to 0: %s", row)
		}
	}
	for pkg := range may {
		if n := strings.Count(text, "\n| `"+pkg+"` |"); n != 1 {
			t.Errorf("the list of packages has %s %d times", pkg, n)
		}
	}
}

func exists(t *testing.T, pkg, test string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", pkg, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "\nfunc "+test+"(") {
			return true
		}
	}
	return false
}
