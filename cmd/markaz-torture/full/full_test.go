package full

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"markaz.example/cmd/markaz-torture/victim"
)

func TestMain(m *testing.M) {
	if victim.Main() {
		return
	}
	os.Exit(m.Run())
}

func fill(t *testing.T, r Run) Result {
	t.Helper()
	defer goleak.VerifyNone(t)
	r.Seed, r.Out = 1, t.Output()
	r.Profiles = filepath.Join("..", "..", "..", "firmware-configs")
	out, err := r.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Log(out)
	return out
}

func TestAFullDiskIsAState(t *testing.T) {
	if out := fill(t, Run{Times: 2}); !out.Sound() {
		t.Error("a promise was broken")
	}
}

func TestADiskThatDoesNotSayItIsFull(t *testing.T) {
	if out := fill(t, Run{Times: 1, Mute: true}); out.Broken == 0 {
		t.Error("an I/O error in place of a full disk was not caught")
	}
}
