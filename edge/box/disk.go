package box

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"markaz.example/edge/disk"
	"markaz.example/edge/door"
	"markaz.example/edge/health"
	"markaz.example/edge/ledger"
)

// The conditions of the disk below the ledger. None of them keeps the lines from going on, while there is any room.
const (
	conditionDiskScarce  = "disk.scarce"    // what is large is refused
	conditionDiskFull    = "disk.full"      // the ballast is given up: only the queue goes on
	conditionDiskLies    = "disk.lies"      // the drive is faster than a drive can be
	conditionChainBroken = "ledger.broken"  // the background verification found a record that is not what it must be
	conditionWitness     = "ledger.witness" // the head's witness cannot be kept
)

// diskLooked is how often the disk is asked after: a person sees it go on within seconds of making room.
const diskLooked = 2 * time.Second

// fullRetry is how often a ledger that had no room for the record of its start is opened again.
const fullRetry = 5 * time.Second

// rationing says what the ballast is for: those who wait, their papers and calls, who may call them, and headquarters' letters,
// which hold each other up. Registrations are large, with what they seal, and can be made up for; so can the rest, though small.
func rationing(ballast int64) ledger.Rationing {
	return ledger.Rationing{
		Ballast: max(cmp.Or(ballast, disk.BallastBytes), 0),
		Queue:   []string{"visit", "paper", "identity", "reading", "staff", "post", "pack", "lease", "check", "diagnosis"},
		Large:   []string{"household", "person"},
	}
}

// diskVerb is the door's way to ask how the disk is; markaz doctor asks.
func diskVerb(d *door.Door, l *ledger.Ledger) {
	door.Verb(d, "POST /disk", func(context.Context, struct{}) (ledger.Disk, error) { return l.Disk(), nil })
}

// sleep waits, or until the context ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// watchDisk shows on the board how the disk below the ledger is.
func watchDisk(l *ledger.Ledger, board *health.Board) part {
	return func(ctx context.Context) error {
		tick := time.NewTicker(diskLooked)
		defer tick.Stop()
		for {
			showDisk(l.Disk(), board)
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	}
}

func showDisk(d ledger.Disk, board *health.Board) {
	free := fmt.Sprintf("%d MiB free of %d on %s", d.Volume.Free>>20, d.Volume.Size>>20, d.Volume.Kind)
	fast := fmt.Sprintf("%s: median of %d syncs below %v", d.Volume.Drive, d.Syncs.Count, d.Syncs.Median)
	for _, c := range []struct {
		code     string
		holds    bool
		severity health.Severity
		detail   string
	}{
		{conditionDiskScarce, d.Room == disk.Scarce, health.Warning, free},
		{conditionDiskFull, d.Room == disk.Spent, health.Critical, free},
		{conditionDiskLies, d.Lies, health.Warning, fast},
		{conditionChainBroken, d.Walk.Found != "", health.Critical, d.Walk.Found},
		{conditionWitness, d.Witness != "", health.Warning, d.Witness},
	} {
		if c.holds {
			board.Set(c.code, "", c.severity, c.detail)
		} else {
			board.Clear(c.code, "")
		}
	}
}
