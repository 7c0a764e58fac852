package year

import (
	"os"
	"testing"

	"markaz.example/edge/queue"
)

func every(queue.Score) bool { return true }

func TestShortYear(t *testing.T) {
	r, err := Year{Days: 4, Seed: 1, Every: 80}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.Print(os.Stderr)
	s := r.Sum(every)
	if inside, above := s.Of(s.Inside), s.Of(s.AboveP80); inside < 85 || above < 5 || above > 35 {
		t.Errorf("inside %.1f %%, above p80 %.1f %%: want 85 or more, and 5 to 35", inside, above)
	}
}

// Control: an estimator that overlooks desks must not pass.
func TestShortYearControl(t *testing.T) {
	r, err := Year{Days: 4, Seed: 1, Every: 80, Blind: true}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := r.Sum(every)
	if inside := s.Of(s.Inside); inside >= 85 {
		t.Errorf("an estimator that overlooks desks is inside for %.1f %%", inside)
	}
}
