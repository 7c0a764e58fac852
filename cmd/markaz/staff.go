package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"text/tabwriter"

	"markaz.example/edge/box"
	"markaz.example/edge/id"
)

// staffCmd is where the first manager comes from, and a manager who is locked out.
type staffCmd struct {
	Add    staffAddCmd    `cmd:"" help:"Enrol somebody; a PIN is drawn and shown once. The first is a manager."`
	List   staffListCmd   `cmd:"" help:"Show who is on the staff, and where."`
	Pin    staffPinCmd    `cmd:"" help:"Draw a new PIN for somebody, and open their account."`
	Unlock staffUnlockCmd `cmd:"" help:"Open an account that wrong PINs locked."`
	End    staffEndCmd    `cmd:"" help:"Take somebody off the staff."`
}

// order has the box of a configuration do something.
func (c boxConfig) order(ctx context.Context, o box.StaffOrder) (box.StaffAnswer, error) {
	config, err := box.Load(c.Config)
	if err != nil {
		return box.StaffAnswer{}, err
	}
	quiet := options()
	quiet.Log = slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	return box.OrderStaff(ctx, config, quiet, o)
}

type staffAddCmd struct {
	boxConfig
	Name      string   `arg:"" help:"What colleagues call them."`
	Role      string   `default:"manager" enum:"helper,desk,nurse,teller,manager,technician" help:"${enum}."`
	Sex       string   `enum:"female,male," default:"" help:"female or male, for desks that are asked for."`
	Languages []string `help:"That they speak with visitors: ur,ps."`
	Skills    []string `help:"Codes: sign-language."`
}

// Run enrols somebody.
func (c staffAddCmd) Run(ctx context.Context) error {
	got, err := c.order(ctx, box.StaffOrder{Do: "add", Name: c.Name, Role: c.Role, Sex: c.Sex, Languages: c.Languages, Skills: c.Skills})
	if err != nil {
		return err
	}
	return showPIN(got, c.Name+" is enrolled")
}

// showPIN shows a PIN the only time.
func showPIN(got box.StaffAnswer, what string) error {
	fmt.Printf("%s. Code %s, PIN %s\nTell nobody else. Choose a PIN of your own after signing in, on the page \"My seat\".\n", what, got.Code, got.PIN)
	return nil
}

type staffListCmd struct{ boxConfig }

// Run shows the staff.
func (c staffListCmd) Run(ctx context.Context) error {
	got, err := c.order(ctx, box.StaffOrder{Do: "list"})
	if err != nil {
		return err
	}
	if len(got.People) == 0 {
		fmt.Println("Nobody is enrolled: nobody has to sign in.")
		return nil
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, p := range got.People {
		state := p.Where
		switch {
		case p.Ended:
			state = "left"
		case p.Locked:
			state = "locked"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.Code, p.Role, p.Name, state)
	}
	return w.Flush()
}

// staffOne is a person by their code.
type staffOne struct {
	boxConfig
	Code string `arg:"" help:"Their code: S007."`
}

func (c staffOne) order(ctx context.Context, do string) (box.StaffAnswer, error) {
	code := id.TypedStaff(c.Code)
	if err := code.Check(); err != nil {
		return box.StaffAnswer{}, err
	}
	return c.boxConfig.order(ctx, box.StaffOrder{Do: do, Code: code})
}

type staffPinCmd struct{ staffOne }

// Run draws a PIN.
func (c staffPinCmd) Run(ctx context.Context) error {
	got, err := c.order(ctx, "pin")
	if err != nil {
		return err
	}
	return showPIN(got, "There is a new PIN")
}

type staffUnlockCmd struct{ staffOne }

// Run opens an account.
func (c staffUnlockCmd) Run(ctx context.Context) error {
	got, err := c.order(ctx, "unlock")
	if err == nil {
		fmt.Printf("%s may sign in again.\n", got.Code)
	}
	return err
}

type staffEndCmd struct{ staffOne }

// Run takes somebody off the staff.
func (c staffEndCmd) Run(ctx context.Context) error {
	got, err := c.order(ctx, "end")
	if err == nil {
		fmt.Printf("%s is not on the staff any more; the code is not given again.\n", got.Code)
	}
	return err
}
