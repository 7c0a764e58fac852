// Command markaz-hq is one headquarters node, and the tools for its authority and its archive.
//
//	markaz-hq authority init DIR                        make the private root
//	markaz-hq authority issue-hq DIR NAME... --out DIR  certificate of headquarters
//	markaz-hq authority issue-box DIR CENTRE --out DIR  certificate of a centre's box
//	markaz-hq authority issue-issuer DIR --out DIR      certificate to enrol boxes with
//	markaz-hq run --config FILE                         serve
//	markaz-hq enrol CENTRE [--replace]                  one-time code for a box
//	markaz-hq revoke CENTRE|SERIAL --why TEXT           shut a box out
//	markaz-hq centre CENTRE                             how a centre is enrolled
//	markaz-hq archive verify|stats|dump FILE            look into archive.db
//	markaz-hq archive adopt --config FILE               go on after the raft log was lost for good
//
// It ends with 0 when all went well, 1 when something failed, 2 when it was called wrongly, 3 when the archive is
// damaged.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"markaz.example/sync/archive"
)

// The exit codes. Scripts and systemd units rely on them.
const (
	exitFailed  = 1
	exitUsage   = 2
	exitDamaged = 3
)

// commands is the command line.
type commands struct {
	Run       runCommand       `cmd:"" help:"Serve: take batches from boxes, show the fleet."`
	Authority authorityCommand `cmd:"" help:"Make the private authority and the certificates of headquarters and boxes."`
	Enrol     enrolCommand     `cmd:"" help:"Print a one-time code for a centre's box."`
	Revoke    revokeCommand    `cmd:"" help:"Shut out a centre's box, or one certificate."`
	Centre    centreCommand    `cmd:"" help:"Show how a centre is enrolled, as JSON."`
	Archive   archiveCommand   `cmd:"" help:"Look into an archive file. Headquarters must not be running on it."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(execute(ctx, os.Args[1:]))
}

func execute(ctx context.Context, args []string) int {
	parser := kong.Must(&commands{}, kong.Name("markaz-hq"),
		kong.Description("Headquarters of markaz: holds every centre's chain, complete and verified."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "markaz-hq: %v\nmarkaz-hq --help lists the commands.\n", err)
		return exitUsage
	}
	err = command.Run()
	switch {
	case err == nil:
		return 0
	case errors.Is(err, archive.ErrDamaged):
		fmt.Fprintln(os.Stderr, "markaz-hq:", err)
		return exitDamaged
	}
	fmt.Fprintln(os.Stderr, "markaz-hq:", err)
	return exitFailed
}
