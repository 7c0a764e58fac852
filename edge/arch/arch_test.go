package arch_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "markaz.example/"

// may lists what each package imports of this module, and which third-party packages. A new arrow is one changed word
// here, and a reviewer sees it. Imports go only downward in the table of ARCHITECTURE.md. Tests may import more.
var may = map[string]string{
	"edge/id":    "",
	"edge/clock": "",
	"edge/chain": "edge/id edge/clock cbor",

	"edge/health": "edge/clock",
	"edge/ledger": "edge/id edge/clock edge/chain bbolt cbor",

	"edge/ledger/ledgertest": "edge/clock edge/chain edge/ledger",

	"edge/book/visit": "edge/id edge/clock edge/chain edge/ledger",
	"edge/book/paper": "edge/id edge/chain edge/ledger",

	"edge/desk":  "edge/id edge/clock edge/ledger edge/book/visit edge/book/paper",
	"edge/spool": "edge/ledger edge/health edge/book/paper",
}

// short names the third-party packages, each by the start of its import path.
var short = map[string]string{
	"bbolt": "go.etcd.io/bbolt",
	"cbor":  "github.com/fxamacker/cbor/",
}

func TestImports(t *testing.T) {
	got := map[string][]string{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(p, root+string(filepath.Separator)))
		if d.IsDir() {
			return skip(rel, d.Name())
		}
		if strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_test.go") {
			return collect(got, path.Dir(rel), p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range slices.Sorted(maps.Keys(got)) {
		compare(t, pkg, got[pkg])
	}
	for pkg := range may {
		if _, ok := got[pkg]; !ok {
			t.Errorf("the table has %s, which is no package", pkg)
		}
	}
}

// skip passes over hidden folders, those without our Go code, and modules of their own.
func skip(rel, name string) error {
	if rel != "../.." && strings.HasPrefix(name, ".") && name != "." && name != ".." || rel == "bench" || rel == "bin" || name == "testdata" {
		return filepath.SkipDir
	}
	return nil
}

func collect(got map[string][]string, pkg, file string) error {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		return err
	}
	if _, ok := got[pkg]; !ok {
		got[pkg] = nil
	}
	for _, s := range f.Imports {
		if name := nameOf(strings.Trim(s.Path.Value, `"`)); name != "" && !slices.Contains(got[pkg], name) {
			got[pkg] = append(got[pkg], name)
		}
	}
	return nil
}

// nameOf is how the table calls an import; nothing for the standard library.
func nameOf(imported string) string {
	if own, ok := strings.CutPrefix(imported, module); ok {
		return own
	}
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return ""
	}
	for name, prefix := range short {
		if strings.HasPrefix(imported, prefix) {
			return name
		}
	}
	return imported
}

func compare(t *testing.T, pkg string, got []string) {
	row, ok := may[pkg]
	if !ok {
		t.Errorf("package %s is not in the table: give it a row", pkg)
		return
	}
	want := strings.Fields(row)
	for _, g := range got {
		if !slices.Contains(want, g) {
			t.Errorf("%s imports %s, which its row does not allow", pkg, g)
		}
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("%s does not import %s any more: take it out of its row", pkg, w)
		}
	}
}
