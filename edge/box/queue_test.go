package box

import (
	"testing"
	"time"

	"markaz.example/edge/queue"
)

// What is left out is as usual, and what is said counts.
func TestQueueSettings(t *testing.T) {
	if r, usual := (Queue{}).rules(), queue.DefaultRules(); r.CeilingMs != usual.CeilingMs || r.ShortPeople != usual.ShortPeople {
		t.Errorf("nothing said: %+v", r)
	}
	q := Queue{Ceiling: 30, Classes: []ClassRank{{queue.Elder, 300, 7}}, RecallEvery: 20}
	r := q.rules()
	if r.CeilingMs != (30*time.Minute).Milliseconds() || r.Ranks[queue.Elder] != (queue.Rank{Percent: 300, BoostMs: 420_000}) {
		t.Errorf("rules %+v", r)
	}
	if p := q.patience(); p.RecallEvery != 20*time.Second || p.NoShowRecalls != 3 {
		t.Errorf("patience %+v", p)
	}
	for name, bad := range map[string]Queue{
		"a ceiling of a year": {Ceiling: 525_600},
		"recalls below none":  {Recalls: -1},
		"a class of nobody":   {Classes: []ClassRank{{"friends", 500, 0}}},
		"a class of nothing":  {Classes: []ClassRank{{queue.Infant, 0, 0}}},
	} {
		if bad.check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
