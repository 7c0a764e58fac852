package hq_test

import (
	"os"
	"reflect"
	"regexp"
	"testing"

	"markaz.example/sync/hq"
	"markaz.example/sync/roster"
)

// A site begins with the examples: they must be read, and the config's must show every key there is.
func TestExamplesAreRead(t *testing.T) {
	const path = "../../docs/markaz-hq.toml"
	if _, err := hq.LoadConfig(path); err != nil {
		t.Error(err)
	}
	if _, err := roster.Load("../../docs/roster.toml"); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	shape := reflect.TypeFor[hq.Config]()
	for i := range shape.NumField() {
		key := shape.Field(i).Tag.Get("toml")
		if key == "-" {
			continue // not of the file
		}
		if !regexp.MustCompile(`(?m)^(# )?` + key + ` = `).Match(text) {
			t.Errorf("%s does not show %q", path, key)
		}
	}
}
