package year

import (
	"strings"
	"testing"

	"markaz.example/edge/queue"
)

// unseen is a seed that nothing was tuned on: figures of seeds 11 and 12 chose the constants of edge/queue.
const unseen = 77

// few is some days of a year, one on which payments are out among them. `make year` plays all.
func few(t *testing.T, w World, blind bool) Result {
	t.Helper()
	r, err := Year{World: w, From: 4, Days: 3, Seed: unseen, Every: 30, Blind: blind}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var figures strings.Builder
	r.Print(&figures)
	t.Log("\n" + figures.String())
	return r
}

func TestShortYear(t *testing.T) {
	for _, w := range Worlds() {
		t.Run(w.Name, func(t *testing.T) {
			t.Parallel()
			r := few(t, w, false)
			s := r.Sum(func(queue.Score) bool { return true })
			if inside, above := s.Of(s.Inside), s.Of(s.AboveP80); inside < 85 || above < 5 || above > 35 {
				t.Errorf("inside %.1f %%, above p80 %.1f %%: want 85 or more, and 5 to 35", inside, above)
			}
		})
	}
}

// Control: an estimator that overlooks desks must not pass.
func TestShortYearControl(t *testing.T) {
	t.Parallel()
	r := few(t, Worlds()[0], true)
	s := r.Sum(func(queue.Score) bool { return true })
	if inside := s.Of(s.Inside); inside >= 85 {
		t.Errorf("an estimator that overlooks desks is inside for %.1f %%", inside)
	}
}
