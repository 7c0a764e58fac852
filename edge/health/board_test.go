package health

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/clock"
)

// board makes a board whose clock counts the calls.
func board() *Board {
	var mono uint64
	return New(func() clock.Stamp { mono++; return clock.Stamp{Boot: 1, Mono: mono} })
}

func codes(b *Board) (out []string) {
	for _, c := range b.List() {
		out = append(out, fmt.Sprintf("%s %s@%s", c.Severity, c.Code, c.Dev))
	}
	return out
}

func TestWorstFirst(t *testing.T) {
	b := board()
	b.Set("link.down", "", Warning, "")
	b.Set("printer.paper-out", "printer/2", Critical, "")
	b.Set("printer.paper-out", "printer/1", Critical, "")
	b.Set("clock.unset", "", Notice, "")
	b.Clear("link.down", "")
	want := []string{"critical printer.paper-out@printer/1", "critical printer.paper-out@printer/2", "notice clock.unset@"}
	if diff := cmp.Diff(want, codes(b)); diff != "" {
		t.Error(diff)
	}
}

func TestSinceStays(t *testing.T) {
	b := board()
	b.Set("printer.near-end", "printer/1", Notice, "10 m")
	b.Set("printer.near-end", "printer/1", Warning, "5 m")
	want := []Condition{{"printer.near-end", "printer/1", Warning, "5 m", clock.Stamp{Boot: 1, Mono: 1}}}
	if diff := cmp.Diff(want, b.List()); diff != "" {
		t.Error(diff)
	}
}

func TestChanged(t *testing.T) {
	b := board()
	tests := []struct {
		name string
		do   func()
		want bool
	}{
		{"first", func() { b.Set("a.b", "", Notice, "x") }, true},
		{"the same again", func() { b.Set("a.b", "", Notice, "x") }, false},
		{"another detail", func() { b.Set("a.b", "", Notice, "y") }, true},
		{"cleared", func() { b.Clear("a.b", "") }, true},
		{"cleared again", func() { b.Clear("a.b", "") }, false},
	}
	for _, tt := range tests {
		changed := b.Changed()
		tt.do()
		select {
		case <-changed:
			if !tt.want {
				t.Errorf("%s: told of a change", tt.name)
			}
		default:
			if tt.want {
				t.Errorf("%s: not told", tt.name)
			}
		}
	}
}

func TestBounded(t *testing.T) {
	b := board()
	for i := range 2 * conditionsMax {
		b.Set(fmt.Sprintf("made.up-%d", i), "", Notice, strings.Repeat("ش", detailBytesMax))
	}
	list := b.List()
	if len(list) != conditionsMax+1 || list[0].Code != Overflow {
		t.Fatalf("%d conditions, the first %q; want %d and %s", len(list), list[0].Code, conditionsMax+1, Overflow)
	}
	if d := list[1].Detail; len(d) > detailBytesMax || !strings.HasSuffix(d, "ش") {
		t.Errorf("detail of %d bytes, cut inside a character", len(d))
	}
	b.Clear("made.up-0", "")
	if b.List()[0].Code == Overflow {
		t.Error("still says that there is more after one went")
	}
}
