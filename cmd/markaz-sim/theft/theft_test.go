package theft_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"markaz.example/cmd/markaz-sim/stage/stagetest"
)

// Nothing of a day of four families is found in what a thief takes, and the controls find everybody: the program fails
// otherwise. It is a program of its own because a scan under the race detector takes minutes; make theft plays a longer day.
func TestAStolenBoxTellsNothing(t *testing.T) {
	profiles, err := filepath.Abs(filepath.Join("..", "..", "..", "firmware-configs"))
	if err != nil {
		t.Fatal(err)
	}
	bin := stagetest.Programs(t, "markaz", "markaz-hq", "markaz-sim")
	unsealed := stagetest.Unsealed(t, "markaz", "markaz-hq")
	c := exec.CommandContext(t.Context(), filepath.Join(bin, "markaz-sim"), "theft", "--families", "4", "--seed", "7", "--profiles", profiles, "--unsealed", unsealed)
	c.Dir = t.TempDir() // where a core would lie
	out, err := c.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}
