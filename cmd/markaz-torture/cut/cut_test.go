package cut

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"markaz.example/cmd/markaz-torture/platter"
	"markaz.example/cmd/markaz-torture/victim"
)

func TestMain(m *testing.M) {
	if victim.Main() {
		return
	}
	os.Exit(m.Run())
}

func cut(t *testing.T, r Run) Result {
	t.Helper()
	defer goleak.VerifyNone(t)
	r.Seed, r.Out = 1, t.Output()
	if r.Image == "" {
		r.Image = platter.Mixed
	}
	out, err := r.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Log(out)
	return out
}

// The whole counts are those of `make test` and `make torture`; here are as many as tell that the rig works.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	for kind, cuts := range map[victim.Kind]int{victim.Ledger: 30, victim.Archive: 10, victim.Group: 8} {
		t.Run(string(kind), func(t *testing.T) {
			if out := cut(t, Run{Kind: kind, Cuts: cuts}); !out.Sound() {
				t.Error("a promise was broken")
			}
		})
	}
}

func fail(t *testing.T, f Fail) Result {
	t.Helper()
	defer goleak.VerifyNone(t)
	f.Seed, f.Step, f.Out = 1, 13, t.Output()
	out, err := f.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Log(out)
	return out
}

func TestAFailedSyncMisleadsNobody(t *testing.T) {
	for _, kind := range []victim.Kind{victim.Ledger, victim.Archive} {
		t.Run(string(kind), func(t *testing.T) {
			if out := fail(t, Fail{Kind: kind}); !out.Sound() {
				t.Error("a promise was broken")
			}
		})
	}
	t.Run("control", func(t *testing.T) {
		if out := fail(t, Fail{Kind: victim.Ledger, Early: true}); out.Lost == 0 {
			t.Error("answers before the sync were not caught")
		}
	})
}

func TestControlsLose(t *testing.T) {
	for name, r := range map[string]Run{
		"a disk that lies":            {Kind: victim.Ledger, Lying: true, Image: platter.Drop, Cuts: 60},
		"a ledger that answers early": {Kind: victim.Ledger, Early: true, Image: platter.Drop, Cuts: 20},
	} {
		t.Run(name, func(t *testing.T) {
			if out := cut(t, r); out.Lost == 0 {
				t.Error("nothing was lost, so this rig would notice nothing")
			}
		})
	}
}
