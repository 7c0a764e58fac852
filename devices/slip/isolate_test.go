package slip_test

import (
	"bytes"
	"fmt"
	"testing"

	"markaz.example/devices/slip"
)

func TestIsolateNumbers(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"B042", "B042"},
		{"تاریخ 2026-11-21", "تاریخ " + slip.Isolate("2026-11-21")},
		{"10:30، 0300-1234567.", slip.Isolate("10:30") + "، " + slip.Isolate("0300-1234567") + "."},
		{"-5 and 1,500-", "-5 and " + slip.Isolate("1,500") + "-"},
		{"one-way", "one-way"},
		{"-/-", "-/-"},
		{"%", "%"},
		{"50% +92300 13,500/-،", slip.Isolate("50%") + " " + slip.Isolate("+92300") + " " + slip.Isolate("13,500/-") + "،"},
		{"+ 5", "+ 5"},
	}
	for _, tt := range tests {
		if got := slip.IsolateNumbers(tt.in); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestDateInsideUrduKeepsItsOrder looks for the very dots of a lone date inside an Urdu line, and as a control for those
// of the date turned round, which a renderer without isolation draws.
func TestDateInsideUrduKeepsItsOrder(t *testing.T) {
	composer := newComposer(t)
	line := trim(compose(t, composer, slip.Text{Text: "تاریخ 2026-11-21", Size: 40}))
	for text, want := range map[string]bool{"2026-11-21": true, "21-11-2026": false, "2026": true} {
		got := contains(line, trim(compose(t, composer, slip.Text{Text: text, Size: 40})))
		if got != want {
			t.Errorf("%s drawn inside the Urdu line: %t, want %t", text, got, want)
		}
	}
}

// TestBaseDirection holds that the base, not the first letter, decides where a mixed line begins.
func TestBaseDirection(t *testing.T) {
	composer := newComposer(t)
	draw := func(base slip.Base) []byte {
		return compose(t, composer, slip.Text{Text: "B042 نمبر", Size: 40, Base: base}).Bits
	}
	if !bytes.Equal(draw(slip.Auto), draw(slip.LTR)) {
		t.Error("a line that begins with a Latin letter is not read from the left")
	}
	if bytes.Equal(draw(slip.RTL), draw(slip.LTR)) {
		t.Error("RTL and LTR give the same line")
	}
}

func TestCacheStaysBounded(t *testing.T) {
	composer := newComposer(t)
	for size := 40; size < 400; size += 3 {
		compose(t, composer, slip.Text{Text: fmt.Sprint("نمبر ", size, " B"), Size: size})
		if got := composer.CacheBytes(); got > slip.CacheBytesMax {
			t.Fatalf("masks hold %d bytes, more than %d", got, slip.CacheBytesMax)
		}
	}
}

func compose(t *testing.T, composer *slip.Composer, blocks ...slip.Block) *slip.Bitmap {
	t.Helper()
	paper, err := composer.Compose(slip.Doc{Blocks: blocks}, 576)
	if err != nil {
		t.Fatal(err)
	}
	return paper
}

// trim cuts the white off a slip.
func trim(paper *slip.Bitmap) *slip.Bitmap {
	minX, minY, maxX, maxY := paper.Width, paper.Height, 0, 0
	for y := range paper.Height {
		for x := range paper.Width {
			if paper.Black(x, y) {
				minX, maxX, minY, maxY = min(minX, x), max(maxX, x), min(minY, y), max(maxY, y)
			}
		}
	}
	out := slip.NewBitmap(maxX-minX+1, maxY-minY+1)
	for y := range out.Height {
		for x := range out.Width {
			if paper.Black(minX+x, minY+y) {
				out.Set(x, y)
			}
		}
	}
	return out
}

// contains reports whether the dots of part, but for a few moved by a phase, lie somewhere in whole.
func contains(whole, part *slip.Bitmap) bool {
	for y := range whole.Height - part.Height + 1 {
		for x := range whole.Width - part.Width + 1 {
			if differing(whole, part, x, y)*10 < part.Width*part.Height {
				return true
			}
		}
	}
	return false
}

func differing(whole, part *slip.Bitmap, x, y int) int {
	n := 0
	for row := range part.Height {
		for col := range part.Width {
			if part.Black(col, row) != whole.Black(x+col, y+row) {
				n++
			}
		}
	}
	return n
}
