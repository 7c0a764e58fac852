package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strings"

	"markaz.example/edge/box"
	"markaz.example/edge/doctor"
)

// doctorCmd looks what is wrong.
type doctorCmd struct {
	boxConfig
	JSON bool `name:"json" help:"Findings as JSON."`
}

// Run prints what was found. The program ends with 0 when all is well, 1 with warnings, 2 when something is broken.
func (c doctorCmd) Run(ctx context.Context) error {
	found := doctor.Examine(ctx, patient(c.Config), doctor.Checks())
	if err := c.print(found); err != nil {
		return err
	}
	if worst := doctor.Worst(found); worst > doctor.Well {
		return verdict(worst)
	}
	return nil
}

func (c doctorCmd) print(found []doctor.Finding) error {
	if !c.JSON {
		return doctor.Print(os.Stdout, found)
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(found)
}

// patient is the box of this machine.
func patient(config string) doctor.Patient {
	p := box.Patient(config, "markaz "+version)
	if _, err := exec.LookPath("systemctl"); err == nil {
		p.Units = unitState
	}
	return p
}

// unitState asks systemd, which answers with an exit code of its own for what is not active.
func unitState(ctx context.Context, unit string) (string, error) {
	out, err := exec.CommandContext(ctx, "systemctl", "is-active", unit).Output()
	state := strings.TrimSpace(string(out))
	if state == "" {
		return "", errors.Join(errors.New("systemctl says nothing"), err)
	}
	return state, nil
}

// verdict is a severity as the program's end.
type verdict doctor.Severity

func (v verdict) Error() string {
	if doctor.Severity(v) == doctor.Broken {
		return "something is broken"
	}
	return "there are warnings"
}

// ExitCode is what kong ends the program with.
func (v verdict) ExitCode() int { return int(v) }
