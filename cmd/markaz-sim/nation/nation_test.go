package nation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"markaz.example/cmd/markaz-sim/lab"
	"markaz.example/cmd/markaz-sim/stage/stagetest"
)

// testMax bounds a run with everything that it waits for on a busy machine.
const testMax = 8 * time.Minute

func setUp(t *testing.T, c Config) (*Nation, context.Context) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testMax)
	t.Cleanup(cancel)
	c.Dir, c.Log = t.TempDir(), slog.New(slog.NewTextHandler(t.Output(), nil))
	n, err := SetUp(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n, ctx
}

// A short day: half of the centres are cut off, and afterwards everything is there. Then the judge is shown what would
// be wrong, piece by piece, and must see it.
func TestShortDay(t *testing.T) {
	n, ctx := setUp(t, Config{Bin: stagetest.Programs(t, "markaz-sim", "markaz-hq"), Count: 6, Nodes: 1, Pace: 2000, People: 60})
	d := &Day{Nation: n, Length: 4 * time.Second, Out: t.Output()}
	if err := d.Run(ctx); err != nil {
		t.Fatal(err)
	}
	first := n.Centres[0].Box
	acked := filepath.Join(first.Dir, ackedName)
	sound, err := os.ReadFile(acked)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, add, want string }{
		{"a record that headquarters never got", fmt.Sprintf("999999 %064x\n", 1), "is not at headquarters"},
		{"a record that headquarters has otherwise", fmt.Sprintf("1 %064x\n", 1), "was acknowledged as"},
		{"a record that was told of too early", "2 early\n", "was acknowledged as early"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.WriteFile(acked, append(sound[:len(sound):len(sound)], c.add...), 0o600); err != nil {
				t.Fatal(err)
			}
			expect(t, n, c.want)
		})
	}
	if err := os.WriteFile(acked, sound, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Run("a box that has more", func(t *testing.T) {
		one, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if err := first.Run(one); err != nil { // a start is a record
			t.Fatal(err)
		}
		expect(t, n, "headquarters holds")
	})
}

func expect(t *testing.T, n *Nation, want string) {
	t.Helper()
	v, err := n.Judge(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(v.Wrong, "\n"), want) {
		t.Errorf("the judge says %q, want %q", v.Wrong, want)
	}
}

// Whatever is harmed, every acknowledged record is there once and in order; boxes that speak too early are found out.
// The long run is make chaos-sync.
func TestShortChaos(t *testing.T) {
	bin := stagetest.Programs(t, "markaz-sim", "markaz-hq")
	l, err := lab.New(t.Context())
	switch {
	case errors.Is(err, lab.ErrNone):
		t.Log(err, "; through relays instead")
	case err != nil:
		t.Fatal(err)
	default:
		t.Cleanup(func() {
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	config := Config{Bin: bin, Count: 4, Nodes: 3, Lab: l, Children: true, Store: true, Pace: 400, People: 600}
	n, ctx := setUp(t, config)
	run := &Chaos{Nation: n, Seed: 1, Length: 15 * time.Second, Out: t.Output()}
	if err := run.Run(ctx); err != nil {
		t.Fatal(err)
	}
	t.Log(run.Counts())

	config.Liar = true
	n, ctx = setUp(t, config)
	liar := &Chaos{Nation: n, Seed: 2, Length: 15 * time.Second, Out: t.Output()}
	if err := liar.Run(ctx); !errors.Is(err, ErrWrong) {
		t.Errorf("boxes that speak too early: %v, want %v", err, ErrWrong)
	}
}
