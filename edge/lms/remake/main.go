// Command remake makes a file of figures for edge/lms from tables in CSV: one file for each table, named for it (wfa.csv),
// with a header and the columns sex, x, l, m, s in this order; further columns are passed over. Sex is 1 or 2; x is whole
// days, or centimetres in steps of 0.1. See FORMAT.md of edge/lms.
//
//	go run ./edge/lms/remake -from tables -to edge/lms/who2006.lms
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"markaz.example/edge/lms"
)

const (
	source = "World Health Organization, WHO Child Growth Standards (length/height-for-age, weight-for-age, weight-for-length, weight-for-height, body mass index-for-age, 2006; head circumference-for-age, arm circumference-for-age, triceps and subscapular skinfold-for-age, 2007)"
	terms  = "The figures are WHO's; name the World Health Organization as their source wherever they are shown or passed on. They are published with WHO's own software under its terms and are not under the licence of this program, of which this file is a separate part that may be replaced."
)

func main() {
	from := flag.String("from", "", "folder of the tables in CSV")
	to := flag.String("to", "", "file to write")
	name := flag.String("name", "who2006", "name of the set, kept with every score")
	says := flag.String("source", source, "who published the figures")
	under := flag.String("terms", terms, "under which terms")
	flag.Parse()
	if err := remake(lms.Set{Name: *name, Source: *says, Terms: *under}, *from, *to); err != nil {
		fmt.Fprintln(os.Stderr, "remake:", err)
		os.Exit(1)
	}
}

func remake(s lms.Set, from, to string) error {
	if from == "" || to == "" {
		return errors.New("say -from FOLDER and -to FILE")
	}
	for t := range lms.Table(lms.Tables) {
		b, err := os.ReadFile(filepath.Join(from, t.String()+".csv"))
		if err != nil {
			return err
		}
		if s.Curves[t], err = table(bytes.NewReader(b), t); err != nil {
			return fmt.Errorf("%s.csv: %w", t, err)
		}
		s.Notes = append(s.Notes, fmt.Sprintf("made-from-%s: sha256 %x", t, sha256.Sum256(b)))
	}
	file, err := lms.Encode(s)
	if err != nil {
		return err
	}
	return os.WriteFile(to, file, 0o644)
}

// table reads one CSV: both sexes, each without a gap.
func table(from io.Reader, t lms.Table) (curves [2]lms.Curve, err error) {
	r := csv.NewReader(from)
	head, err := r.Read()
	if err != nil {
		return curves, err
	}
	if len(head) < 5 || strings.Join(head[:5], ",") != "sex,x,l,m,s" {
		return curves, fmt.Errorf("the header is %q: want sex,x,l,m,s first", strings.Join(head, ","))
	}
	for {
		fields, err := r.Read()
		if err == io.EOF {
			return curves, nil
		}
		if err != nil {
			return curves, err
		}
		if err := add(&curves, fields, t); err != nil {
			line, _ := r.FieldPos(0)
			return curves, fmt.Errorf("line %d: %w", line, err)
		}
	}
}

func add(curves *[2]lms.Curve, fields []string, t lms.Table) error {
	var numbers [5]int32
	places := [5]int{0, 0, 4, 4, 5}
	if t.ByStature() {
		places[1] = 1
	}
	for i, p := range places {
		var err error
		if numbers[i], err = fixed(fields[i], p); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	if numbers[0] != 1 && numbers[0] != 2 {
		return fmt.Errorf("sex %s: want 1 or 2", fields[0])
	}
	c := &curves[numbers[0]-1]
	if len(c.Rows) == 0 {
		c.First = numbers[1]
	}
	c.Rows = append(c.Rows, lms.Row{L: numbers[2], M: numbers[3], S: numbers[4]})
	if c.Last() != numbers[1] {
		return fmt.Errorf("x %s does not follow the row before", fields[1])
	}
	return nil
}

// fixed reads a decimal as a whole number of its last allowed place, and never rounds.
func fixed(text string, places int) (int32, error) {
	digits, minus := strings.CutPrefix(text, "-")
	whole, part, _ := strings.Cut(digits, ".")
	if whole == "" || len(whole) > 4 || len(part) > places {
		return 0, fmt.Errorf("%q: want at most 4 digits and %d behind the point", text, places)
	}
	n := int32(0)
	for _, d := range whole + part + strings.Repeat("0", places-len(part)) {
		if d < '0' || d > '9' {
			return 0, fmt.Errorf("%q is no number", text)
		}
		n = 10*n + d - '0'
	}
	if minus {
		n = -n
	}
	return n, nil
}
