// Package stagetest builds the programs and sets stages up, for tests.
package stagetest

import (
	"log/slog"
	"os/exec"
	"path/filepath"
	"testing"

	"markaz.example/cmd/markaz-sim/stage"
)

// Programs builds programs of cmd, "markaz", and gives the directory that they are in.
func Programs(t testing.TB, names ...string) (bin string) {
	t.Helper()
	return built(t, "", names)
}

// Unsealed builds programs that seal nothing; see edge/aead.
func Unsealed(t testing.TB, names ...string) (bin string) {
	t.Helper()
	return built(t, "unsealed", names)
}

func built(t testing.TB, tags string, names []string) (bin string) {
	t.Helper()
	bin = t.TempDir()
	args := []string{"build", "-tags", tags, "-o", bin}
	for _, name := range names {
		args = append(args, "markaz.example/cmd/"+name)
	}
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		t.Fatalf("build the programs: %v\n%s", err, out)
	}
	return bin
}

// SetUp makes a stage of a directory of its own, with the device profiles that are shipped. Its log is the test's. The test's
// package lies in a folder of cmd/markaz-sim.
func SetUp(t testing.TB, c stage.Config) *stage.Stage {
	t.Helper()
	var err error
	if c.Profiles, err = filepath.Abs(filepath.Join("..", "..", "..", "firmware-configs")); err != nil {
		t.Fatal(err)
	}
	c.Dir, c.Log = t.TempDir(), slog.New(slog.NewTextHandler(t.Output(), nil))
	s, err := stage.SetUp(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
