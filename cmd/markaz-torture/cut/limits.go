package cut

import "time"

const (
	// fresh is how many cuts a disk lives: long enough for several pages of records, short enough for quick starts.
	fresh = 40

	// stepsMost is within how many I/Os of its start a victim is cut: some twenty commits of three to five I/Os.
	stepsMost = 120

	// stepsNew is the same for every fourth start, and for the first on a new disk: making the files and opening them takes some 40.
	stepsNew = 40

	// stepsGroup is stepsMost of a node of headquarters, which takes a hundred until it leads.
	stepsGroup = 400

	// viewsEvery is how many starts pass between two in which the views are made anew: that takes 50 ms.
	viewsEvery = 16

	// patience is how long a victim may take to reach its cut; it takes a second on a busy machine.
	patience = 20 * time.Second

	// answers are those of a life whose syncs fail in turn: some ten commits, after the two dozen syncs that make the files.
	answers = 40

	// turns are the same of an archive: commits of four chains each.
	turns = 12

	// syncsMost bounds the positions: a life that never ends is a fault of the rig.
	syncsMost = 400
)
