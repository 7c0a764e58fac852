// Command markaz-hq is one headquarters node, and the tools for its authority and its archive.
//
//	markaz-hq authority init DIR                        make the private root
//	markaz-hq authority issue-hq DIR NAME... --out DIR  certificate of headquarters
//	markaz-hq authority issue-box DIR CENTRE --out DIR  certificate of a centre's box
//	markaz-hq authority issue-node DIR NAME ADDRESS...  certificate of a node, for the other nodes
//	markaz-hq authority issue-issuer DIR --out DIR      certificate to enrol boxes with
//	markaz-hq run --config FILE                         serve
//	markaz-hq member list|add|remove|replace            see and change the nodes of the group
//	markaz-hq enrol CENTRE [--replace]                  one-time code for a box
//	markaz-hq revoke CENTRE|SERIAL --why TEXT           shut a box out
//	markaz-hq centre CENTRE                             how a centre is enrolled
//	markaz-hq fork list|show|settle --config FILE       contradicting histories of a centre
//	markaz-hq parcel in FILE...                         take what boxes sealed onto a stick
//	markaz-hq archive verify|stats|dump|forks FILE      look into archive.db
//	markaz-hq archive adopt --config FILE               go on after the raft log was lost for good
//	markaz-hq authority post-key --out DIR              the key under which headquarters speaks to boxes
//	markaz-hq pack make|publish|list|roll-back|drop     what goes to boxes as a whole
//	markaz-hq lease pool|grant|list                     scarce things that are lent
//	markaz-hq check list|answer                         questions of centres
//	markaz-hq diagnose CENTRE|show                      look into a box, with its people's consent
//	markaz-hq warehouse status|compare|rebuild --config FILE
//	                                                    look into PostgreSQL, compare it with the archive, load it anew
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
	Member    memberCommand    `cmd:"" help:"See and change the nodes of this headquarters, through the one on this machine."`
	Parcel    parcelCommand    `cmd:"" help:"Take what boxes sealed onto a stick, through the node on this machine."`
	Fork      forkCommand      `cmd:"" help:"See and settle contradicting histories of a centre, through the node on this machine."`
	Enrol     enrolCommand     `cmd:"" help:"Print a one-time code for a centre's box."`
	Revoke    revokeCommand    `cmd:"" help:"Shut out a centre's box, or one certificate."`
	Centre    centreCommand    `cmd:"" help:"Show how a centre is enrolled, as JSON."`
	Archive   archiveCommand   `cmd:"" help:"Look into an archive file. Headquarters must not be running on it."`
	Pack      packCommand      `cmd:"" help:"Make packs, publish them, offer them to centres, order centres back."`
	Release   releaseCommand   `cmd:"" help:"Sign updates of the program, which boxes install."`
	Lease     leaseCommand     `cmd:"" help:"Lend centres numbers of scarce things."`
	Check     checkCommand     `cmd:"" help:"See and answer the questions of centres."`
	Diagnose  diagnoseCommand  `cmd:"" help:"Look into a box, when its people allow it."`
	Warehouse warehouseCommand `cmd:"" help:"Look into PostgreSQL, compare it with the archive, load it anew."`
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
