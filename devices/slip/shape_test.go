package slip_test

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

const shapeGolden = "testdata/shape.txt"

// TestShaping compares glyphs and positions with those HarfBuzz itself gave for the same fonts. Releases 0.3.4 and 0.3.5
// of go-text/typesetting lose the height of Nastaliq and fail here; the file's first lines say how to renew it.
func TestShaping(t *testing.T) {
	composer := newComposer(t)
	file, err := os.Open(shapeGolden)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	words := 0
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Fields(line)
		if len(fields) != 3 {
			t.Fatalf("%s: %q is not weight, word, glyphs", shapeGolden, line)
		}
		words++
		if got := composer.ShapeWord(fields[1], fields[0] == "bold"); got != fields[2] {
			t.Errorf("%s %s\ngot  %s\nwant %s", fields[0], fields[1], got, fields[2])
		}
	}
	if err := lines.Err(); err != nil || words < 100 {
		t.Errorf("%d words compared, error %v; want 100 or more", words, err)
	}
}
