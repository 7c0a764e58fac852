package chaos

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/cmd/markaz-sim/stage/stagetest"
	"markaz.example/edge/id"
)

// short is the run of the tests; the long one is make chaos-print.
const short = 32

func newChaos(t *testing.T, bin string, jobs int) (*Chaos, context.Context) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	t.Cleanup(cancel)
	s := stagetest.SetUp(t, stage.Config{Bin: bin, Fast: Speed, Baud: Baud})
	return &Chaos{Stage: s, Jobs: jobs, Seed: 1, Out: t.Output()}, ctx
}

// Whatever goes wrong at whichever byte, every job ends with its paper, and only the first copy is unmarked. With a
// printer that lies the same run must find fault.
func TestShortChaos(t *testing.T) {
	bin := stagetest.Programs(t, "markaz", "markaz-hq")
	c, ctx := newChaos(t, bin, short)
	if err := c.Run(ctx); err != nil {
		t.Fatal(err)
	}
	liar, ctx := newChaos(t, bin, short)
	liar.Liar = true
	if err := liar.Run(ctx); !errors.Is(err, ErrWrong) {
		t.Errorf("a printer that answers before it prints: %v, want ErrWrong", err)
	}
}

// A judge that cannot find fault proves nothing.
func TestJudge(t *testing.T) {
	const mine, other = id.Code("MMMMMMMMMMMMMMMM"), id.Code("OOOOOOOOOOOOOOOO")
	for _, c := range []struct {
		name   string
		sheets []Sheet
		want   string // a part of the verdict; empty for none
	}{
		{"one paper", []Sheet{{mine, false}}, ""},
		{"a torn one, then a reprint", []Sheet{{"", false}, {mine, true}}, ""},
		{"one and a reprint", []Sheet{{mine, false}, {mine, true}}, ""},
		{"only a reprint: the first never left the box", []Sheet{{mine, true}}, ""},
		{"nothing", nil, "lost"},
		{"torn only", []Sheet{{"", false}, {"", true}}, "lost"},
		{"twice", []Sheet{{mine, false}, {mine, false}}, "printed twice"},
		{"after a torn one, unmarked", []Sheet{{"", false}, {mine, false}}, "printed twice"},
		{"somebody else's", []Sheet{{mine, false}, {other, true}}, "a paper of OOOO"},
	} {
		got := strings.Join(judge(mine, c.sheets), "; ")
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
