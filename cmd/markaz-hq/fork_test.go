package main

import (
	"context"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"markaz.example/sync/fleet"
)

// TestPageNamesTheCommand: what a forked centre's page tells people to type is what this program takes.
func TestPageNamesTheCommand(t *testing.T) {
	c := fleet.Chain{Incarnation: "ISB-01/000102030405060708090a0b0c0d0e0f"}
	for _, keep := range []string{"held", "branch"} {
		var line commands
		parser := kong.Must(&line, kong.Name("markaz-hq"), kong.BindTo(t.Context(), (*context.Context)(nil)))
		words := strings.Fields(c.Settle("37-0f1e2d3c4b5a6978", keep))
		got, err := parser.Parse(words[1:])
		if err != nil {
			t.Fatalf("%q: %v", words, err)
		}
		s := line.Fork.Settle
		if words[0] != "markaz-hq" || got.Command() != "fork settle <centre> <branch>" || s.Centre != "ISB-01" ||
			s.Branch != "37-0f1e2d3c4b5a6978" || s.Keep != keep || s.Who == "" || s.Why == "" {
			t.Errorf("%q is %s: %+v", words, got.Command(), s)
		}
	}
}
