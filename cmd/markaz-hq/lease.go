package main

import (
	"context"
	"fmt"
	"time"

	"markaz.example/edge/id"
	"markaz.example/sync/post"
)

type leaseCommand struct {
	Pool  poolCommand      `cmd:"" help:"Say how many there are of something scarce."`
	Grant grantCommand     `cmd:"" help:"Lend a centre some of them."`
	List  leaseListCommand `cmd:"" help:"Print what is lent."`
}

type poolCommand struct {
	node
	What  string `arg:"" help:"bed, seat, cash-2026-11-27."`
	Total uint64 `arg:"" help:"How many there are; never fewer than are out."`
}

// Run sets a pool.
func (c poolCommand) Run(ctx context.Context) error {
	return c.ask(ctx, "POST", "/lease/pool", post.PoolOrder{What: c.What, Total: c.Total}, nil)
}

type grantCommand struct {
	node
	Centre id.Centre `arg:"" help:"The centre's code: ISB-01."`
	What   string    `arg:"" help:"The pool."`
	Count  uint64    `arg:"" help:"How many."`
	Until  time.Time `required:"" format:"2006-01-02" placeholder:"DATE" help:"The last day: 2026-12-31. What is not drawn then comes back."`
}

// Run lends.
func (c grantCommand) Run(ctx context.Context) error {
	until := c.Until.AddDate(0, 0, 1).Add(-utcOffset) // the end of that day in Pakistan
	var got post.LeaseShown
	o := post.LeaseOrder{Centre: c.Centre, What: c.What, Count: c.Count, Until: until.UnixMilli()}
	if err := c.ask(ctx, "POST", "/lease/grant", o, &got); err != nil {
		return err
	}
	fmt.Printf("Lent to %s: %s %d to %d, lease %s.\n", got.Centre, got.What, got.From, got.From+got.Count-1, got.ID)
	return nil
}

// utcOffset is Pakistan's, which keeps no summer time.
const utcOffset = 5 * time.Hour

type leaseListCommand struct {
	node
}

// Run prints pools and leases.
func (c leaseListCommand) Run(ctx context.Context) error {
	var pools []post.PoolShown
	if err := c.ask(ctx, "GET", "/lease", struct{}{}, &pools); err != nil {
		return err
	}
	return table("WHAT\tOUT\tTOTAL\tLEASE\tCENTRE\tNUMBERS\tUNTIL\tSTATE\t", func(row func(...any)) {
		for _, p := range pools {
			row(p.What, p.Out, p.Total, "", "", "", "", "")
			for _, l := range p.Leases {
				row("", "", "", l.ID, l.Centre, numbers(l), date(l.Until), stateOf(l))
			}
		}
	})
}

func numbers(l post.LeaseShown) string {
	if l.Count == 0 {
		return "none"
	}
	return fmt.Sprintf("%d-%d", l.From, l.From+l.Count-1)
}

func stateOf(l post.LeaseShown) string {
	if l.Returned {
		return "the rest is back"
	}
	return "out"
}
