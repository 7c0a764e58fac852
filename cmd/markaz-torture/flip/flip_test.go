package flip

import (
	"os"
	"testing"

	"markaz.example/cmd/markaz-torture/victim"
)

func TestMain(m *testing.M) {
	if victim.Main() || Main() {
		return
	}
	os.Exit(m.Run())
}

// The whole counts are those of `make test` and `make torture`.
func TestEachFlipIsHarmlessOrNamed(t *testing.T) {
	r := Run{Flips: 40, Seed: 1, Below: t.TempDir(), Out: t.Output()}
	out, err := r.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Log(out)
	if !out.Sound() {
		t.Error("a promise was broken")
	}
	if out.Alone == 0 {
		t.Error("bbolt's own check would have found all, so the chain was not needed")
	}
}
