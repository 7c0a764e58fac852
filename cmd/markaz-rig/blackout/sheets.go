package blackout

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"markaz.example/cmd/markaz-rig/paperline"
	"markaz.example/cmd/markaz-sim/papers"
	"markaz.example/devices/printer"
	"markaz.example/edge/id"
)

// sheets are the papers in people's hands, in the order in which they came out.
type sheets struct {
	file string
	read int64 // bytes
	all  []sheet
}

// sheet is one paper.
type sheet struct {
	code   id.Code // empty for one that was torn
	marked bool    // says that it is a reprint
}

func (s *sheets) count() (all, marked int) {
	for _, one := range s.all {
		if one.marked {
			marked++
		}
	}
	return len(s.all), marked
}

// holds reads what came out since, and looks whether anything is there twice without saying so.
func (s *sheets) holds() error {
	if err := s.more(); err != nil {
		return err
	}
	return twice(s.all)
}

// twice reports a paper that is there again and does not say so.
func twice(all []sheet) error {
	seen := map[id.Code]bool{}
	for i, one := range all {
		if one.code != "" && seen[one.code] && !one.marked {
			return fmt.Errorf("paper %d, code %s: printed twice without the word for it", i+1, one.code)
		}
		seen[one.code] = true
	}
	return nil
}

// has says whether a paper with a code came out.
func (s *sheets) has(code id.Code) bool {
	return slices.ContainsFunc(s.all, func(one sheet) bool { return one.code == code })
}

// more reads the lines that are new, whole ones only. One that a kill ended is no paper that anybody was told of; the next
// goes on where it ends.
func (s *sheets) more() error {
	f, err := os.Open(s.file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(io.NewSectionReader(f, s.read, runBytes))
	if err != nil {
		return err
	}
	text = text[:bytes.LastIndexByte(text, '\n')+1]
	s.read += int64(len(text))
	for line := range strings.Lines(string(text)) {
		s.add(strings.TrimSpace(line))
	}
	return nil
}

// add takes a line, which may begin with one that was cut off.
func (s *sheets) add(line string) {
	line = line[max(0, strings.LastIndex(line, paperline.Head)):]
	b, err := paperline.Parse(line)
	if err != nil {
		return
	}
	code, err := papers.Read(printer.Page{Bitmap: b, Number: len(s.all) + 1})
	if err != nil {
		code = ""
	}
	s.all = append(s.all, sheet{code, papers.Marked(b)})
}
