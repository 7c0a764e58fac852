package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"markaz.example/sync/hq"
	"markaz.example/sync/quorum"
)

type memberCommand struct {
	List    memberListCommand    `cmd:"" default:"1" help:"Print the nodes of this headquarters and how each is."`
	Add     memberAddCommand     `cmd:"" help:"Take in an empty node that runs with join = true; it votes once it has everything. For a member: change its address."`
	Remove  memberRemoveCommand  `cmd:"" help:"Take a node out, dead or alive."`
	Replace memberReplaceCommand `cmd:"" help:"Take a dead node out and an empty one in."`
}

// members asks for a verb that answers with the members, and prints them.
func (o onNode) members(ctx context.Context, method, path string, in any) error {
	var members []quorum.MemberState
	if err := o.call(ctx, method, path, in, &members); err != nil {
		return err
	}
	return printMembers(os.Stdout, members)
}

func printMembers(w io.Writer, members []quorum.MemberState) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NODE\tADDRESS\tROLE\tANSWERS\tAPPLIED")
	for _, m := range members {
		role := "follower"
		switch {
		case m.Leader:
			role = "leader"
		case !m.Voter:
			role = "no vote yet"
		}
		answers, applied := "no", "-"
		if m.Reached {
			answers, applied = "yes", fmt.Sprint(m.Applied)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", m.Name, m.Address, role, answers, applied)
	}
	return t.Flush()
}

type memberListCommand struct{ onNode }

// Run prints the members.
func (c memberListCommand) Run(ctx context.Context) error {
	return c.members(ctx, "GET", "/member", struct{}{})
}

type memberAddCommand struct {
	Name    string `arg:"" help:"The new node's name, as in its config and its certificate."`
	Address string `arg:"" help:"Where the others reach it: peer of its config."`
	onNode
}

// Run adds a node.
func (c memberAddCommand) Run(ctx context.Context) error {
	return c.members(ctx, "POST", "/member/add", hq.Member{Name: c.Name, Address: c.Address})
}

type memberRemoveCommand struct {
	Name string `arg:"" help:"The node's name."`
	onNode
}

// Run removes a node.
func (c memberRemoveCommand) Run(ctx context.Context) error {
	return c.members(ctx, "POST", "/member/remove", hq.Member{Name: c.Name})
}

type memberReplaceCommand struct {
	Dead    string `arg:"" help:"Name of the node that is gone for good."`
	Name    string `arg:"" help:"Name of the empty node that takes its place; another name."`
	Address string `arg:"" help:"Where the others reach it."`
	onNode
}

// Run replaces a node.
func (c memberReplaceCommand) Run(ctx context.Context) error {
	return c.members(ctx, "POST", "/member/replace", hq.Member{Dead: c.Dead, Name: c.Name, Address: c.Address})
}
