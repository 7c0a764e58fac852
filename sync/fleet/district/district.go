package district

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:embed districts.csv
var file string

// District is one cell of the map.
type District struct {
	Code        string // three of A-Z: "LHR"
	Name        string // in English: "Lahore"
	NameUR      string
	Region      string // province or territory: one of Regions
	Column, Row int    // from 1, from the west and from the north; never mirrored
}

// Regions are the provinces and territories, as the map is read: from the north.
func Regions() []string { return []string{"GB", "KP", "JK", "IS", "PB", "BA", "SD"} }

// Columns and Rows are the size of the grid.
const (
	Columns = 18
	Rows    = 19
)

// All is the districts, from the north-west, row by row. Nobody may change it.
var All = sync.OnceValue(func() []District {
	all, err := parse(file)
	if err != nil {
		panic("BUG: the list of districts: " + err.Error())
	}
	return all
})

var byName = sync.OnceValue(func() map[string]District {
	out := map[string]District{}
	for _, d := range All() {
		out[fold(d.Code)], out[fold(d.Name)] = d, d
	}
	return out
})

// Find is the district of an English name or a code, in capitals or not.
func Find(name string) (District, bool) {
	d, ok := byName()[fold(name)]
	return d, ok
}

func fold(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(s, "-", " "))), " ")
}

// parse reads the list and puts it into the order of the map.
func parse(text string) ([]District, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comment, r.FieldsPerRecord = '#', 6
	lines, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	cells := map[[2]int]District{}
	for _, l := range lines {
		d, err := district(l)
		if err != nil {
			return nil, err
		}
		if other, taken := cells[[2]int{d.Row, d.Column}]; taken {
			return nil, fmt.Errorf("%s stands on the cell of %s", d.Name, other.Name)
		}
		cells[[2]int{d.Row, d.Column}] = d
	}
	return inOrder(cells), nil
}

func district(line []string) (d District, err error) {
	d = District{Code: line[0], Name: line[1], NameUR: line[2], Region: line[3]}
	if d.Column, err = strconv.Atoi(line[4]); err != nil {
		return d, fmt.Errorf("column of %s: %w", d.Name, err)
	}
	if d.Row, err = strconv.Atoi(line[5]); err != nil {
		return d, fmt.Errorf("row of %s: %w", d.Name, err)
	}
	if d.Column < 1 || d.Column > Columns || d.Row < 1 || d.Row > Rows {
		return d, fmt.Errorf("%s lies outside the grid", d.Name)
	}
	return d, nil
}

func inOrder(cells map[[2]int]District) (out []District) {
	for row := 1; row <= Rows; row++ {
		for column := 1; column <= Columns; column++ {
			if d, ok := cells[[2]int{row, column}]; ok {
				out = append(out, d)
			}
		}
	}
	return out
}
