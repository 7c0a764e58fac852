package theft_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"markaz.example/cmd/markaz-sim/stage/stagetest"
	"markaz.example/cmd/markaz-sim/theft"
)

// TestMain is the careless program when it is started for that.
func TestMain(m *testing.M) {
	if os.Getenv(theft.CarelessVariable) != "" {
		panic(theft.Careless(os.Stdin))
	}
	os.Exit(m.Run())
}

// quick is the day of the tests; make theft plays a longer one.
const quick = 4

// Nothing of a day is found in what a thief takes, and the controls find everybody.
func TestAStolenBoxTellsNothing(t *testing.T) {
	profiles, err := filepath.Abs(filepath.Join("..", "..", "..", "firmware-configs"))
	if err != nil {
		t.Fatal(err)
	}
	var told strings.Builder
	err = theft.Run(t.Context(), theft.Config{
		Dir: t.TempDir(), Bin: stagetest.Programs(t, "markaz", "markaz-hq"), Profiles: profiles, Families: quick, Seed: 7,
		Fast: theft.Speed, Careless: []string{os.Args[0]}, Out: &told, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	t.Log(told.String())
	if err != nil {
		t.Fatal(err)
	}
}
