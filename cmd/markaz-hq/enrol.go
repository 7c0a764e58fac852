package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/user"
	"time"

	"markaz.example/edge/id"
	"markaz.example/sync/hq"
	"markaz.example/sync/registrar"
)

// operator is who sits here, for the record.
func operator() string {
	if sudo := os.Getenv("SUDO_USER"); sudo != "" {
		return sudo
	}
	u, err := user.Current()
	if err != nil {
		return "unknown"
	}
	return u.Username
}

type enrolCommand struct {
	onNode
	Centre  id.Centre `arg:"" help:"The centre's code: ISB-01."`
	Replace bool      `help:"The box is made anew: it reads the centre's chain back and goes on with it."`
	Chain   string    `help:"With --replace, where the centre has several chains: the beginning of the nonce of the one that goes on." placeholder:"HEX"`
}

// Run prints a one-time code.
func (c enrolCommand) Run(ctx context.Context) error {
	var given registrar.Issued
	order := registrar.Order{Centre: c.Centre, Replace: c.Replace, Chain: c.Chain, By: operator()}
	if err := c.call(ctx, "POST", hq.VerbEnrol, order, &given); err != nil {
		return err
	}
	fmt.Printf("Code for one box of %s, until %s:\n\n    %s\n\n", c.Centre, given.Expires.Local().Format(time.RFC1123), given.Code)
	replace := ""
	if c.Replace {
		replace = " --replace"
		fmt.Printf("The box goes on with %s, of which %d records are held here.\n", given.Chain, given.Records)
	}
	fmt.Printf("On the box: sudo -u markaz markaz enrol%s CODE\n", replace)
	if given.Before {
		fmt.Printf("When the code is used, every earlier certificate of %s stops.\n", c.Centre)
	}
	return nil
}

type revokeCommand struct {
	onNode
	What string `arg:"" help:"A centre's code, to shut out all it has; or the serial number of one certificate, in hex."`
	Why  string `required:"" help:"The reason, for the record." placeholder:"TEXT"`
}

// Run shuts out a centre or a certificate.
func (c revokeCommand) Run(ctx context.Context) error {
	order := registrar.Revocation{Serial: c.What, Why: c.Why, By: operator()}
	if id.Centre(c.What).Check() == nil {
		order.Centre, order.Serial = id.Centre(c.What), ""
	}
	if err := c.call(ctx, "POST", hq.VerbRevoke, order, nil); err != nil {
		return err
	}
	fmt.Printf("%s is shut out; its links end now. markaz-hq enrol makes a code to let a box in again.\n", c.What)
	return nil
}

type centreCommand struct {
	onNode
	Centre id.Centre `arg:"" help:"The centre's code: ISB-01."`
}

// Run shows how a centre stands.
func (c centreCommand) Run(ctx context.Context) error {
	var s registrar.Standing
	if err := c.call(ctx, "POST", hq.VerbCentre, hq.CentreQuestion{Centre: c.Centre}, &s); err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	return out.Encode(s)
}
