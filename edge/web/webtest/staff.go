package webtest

import (
	"context"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/staff"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Colleague is one of a centre's staff, and the PIN that a test types.
type Colleague struct {
	Code id.Staff
	Name string
	PIN  string
}

// Staff enrols a manager, two people for desks and a technician, as at the machine: from then on desks want somebody who
// signed in. The names are made up.
func (c *Centre) Staff() (manager, sadia, bilal, technician Colleague) {
	c.t.Helper()
	enrol := func(name string, role staff.Role, sex, pin string) Colleague {
		code, err := c.Floor.Enrol(c.t.Context(), desk.AtMachine, staff.Enrolled{
			Name: name, Role: role, Sex: sex, Languages: []string{"ur"},
		}, pin)
		if err != nil {
			c.t.Fatal("enrol:", err)
		}
		return Colleague{code, name, pin}
	}
	return enrol("Nasreen", staff.Manager, "female", "284913"), enrol("Sadia", staff.Clerk, "female", "391847"),
		enrol("Bilal", staff.Nurse, "male", "502736"), enrol("Tariq", staff.Technician, "male", "730185")
}

// JobOf is the print job of a visit's token.
func (c *Centre) JobOf(ctx context.Context, v id.Visit) (job id.Job, err error) {
	err = c.Ledger.View(ctx, func(s ledger.Snapshot) error {
		j, ok := paper.For(s, string(v))
		if !ok {
			return paper.ErrNoJob
		}
		job = j.ID
		return nil
	})
	return job, err
}
