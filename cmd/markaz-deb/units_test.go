package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const repository = "../.."

// exposureMax is how exposed a unit may be by systemd's own measure, from 0 to 10.
const exposureMax = 1.5

var exposure = regexp.MustCompile(`Overall exposure level for (\S+): ([0-9.]+)`)

// TestUnitsAreHardened has systemd judge every unit that serves.
func TestUnitsAreHardened(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Fatal("systemd-analyze is not here: make setup-test installs it")
	}
	units, err := filepath.Glob(filepath.Join(repository, "systemd/*.service"))
	if err != nil || len(units) == 0 {
		t.Fatal("no units", err)
	}
	for _, unit := range units {
		said, err := exec.Command("systemd-analyze", "security", "--offline=true", unit).Output()
		if err != nil {
			t.Errorf("%s: %v", unit, err)
			continue
		}
		got := exposure.FindSubmatch(said)
		if got == nil {
			t.Errorf("%s: systemd gave no judgement: %s", unit, said)
			continue
		}
		if level, _ := strconv.ParseFloat(string(got[2]), 64); level > exposureMax {
			t.Errorf("%s is exposed %.1f, may be %.1f", unit, level, exposureMax)
		}
	}
}

// TestEveryUnitIsInAPackage: what lies in systemd/ is installed.
func TestEveryUnitIsInAPackage(t *testing.T) {
	var listed strings.Builder
	for _, name := range []string{"markaz", "markaz-hq"} {
		b, err := os.ReadFile(filepath.Join(repository, "packaging", name, "files"))
		if err != nil {
			t.Fatal(err)
		}
		listed.Write(b)
	}
	all, err := filepath.Glob(filepath.Join(repository, "systemd/*.*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range all {
		if !strings.Contains(listed.String(), " systemd/"+filepath.Base(unit)+" ") {
			t.Errorf("%s is in no package", unit)
		}
	}
}
