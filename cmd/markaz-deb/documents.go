package main

import (
	"bytes"
	"compress/gzip"
	"debug/buildinfo"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// writeDocuments writes what is made from the programs themselves: whose code is in them, under which terms, and what
// changed.
func (p parcel) writeDocuments(root string) error {
	built, err := p.built(root)
	if err != nil {
		return err
	}
	dir := filepath.Join(root, "usr/share/doc", p.Name)
	licences, err := p.copyright(built)
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, "copyright"), licences, 0o644); err != nil {
		return err
	}
	bom, err := p.bom(built)
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, "sbom.json"), bom, 0o644); err != nil {
		return err
	}
	changes, err := p.changelog()
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, "changelog.gz"), changes, 0o644)
}

// program is one Go program of the package, with what its linker wrote into it.
type program struct {
	name string
	path string
	info *buildinfo.BuildInfo
}

// built is the Go programs of the package, by name.
func (p parcel) built(root string) (all []program, err error) {
	for _, dir := range []string{"usr/bin", "usr/sbin"} {
		entries, err := os.ReadDir(filepath.Join(root, dir))
		if err != nil && !os.IsNotExist(err) {
			return nil, err
		}
		for _, e := range entries {
			path := filepath.Join(root, dir, e.Name())
			info, err := buildinfo.ReadFile(path)
			if err != nil {
				continue // a script
			}
			all = append(all, program{e.Name(), path, info})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no Go program in the package")
	}
	return all, nil
}

// changelog is one entry in Debian's form, of every change that was not yet released.
func (p parcel) changelog() ([]byte, error) {
	files, err := filepath.Glob(filepath.Join(p.Source, "changelog/unreleased/*.md"))
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s) unstable; urgency=medium\n\n", p.Name, p.Version)
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		first, _, _ := strings.Cut(string(text), "\n")
		b.WriteString(wrapped("  * ", "    ", first))
	}
	fmt.Fprintf(&b, "\n -- %s  %s\n", maintainer, p.time().Format(time.RFC1123Z))
	return zipped([]byte(b.String()))
}

// maintainer as control and changelog name him.
const maintainer = "The markaz developers <developers@markaz.example>"

// lineMax is how wide a line of a changelog may be, as Debian's tools demand.
const lineMax = 79

func wrapped(first, rest, text string) string {
	var b strings.Builder
	line := first
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			line += word
		case len(line)+1+len(word) > lineMax:
			b.WriteString(line + "\n")
			line = rest + word
		default:
			line += " " + word
		}
	}
	return b.String() + line + "\n"
}

// zipped leaves name and time out of gzip's head, as gzip -n does.
func zipped(text []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}
