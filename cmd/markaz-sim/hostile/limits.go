package hostile

import "time"

const (
	// p99Bar is how much longer than alone 99 of 100 presses may take beside the crew.
	p99Bar = 2.0

	// flatShare is how much more memory than in the first fifth of a storm counts as growing.
	flatShare = 0.10

	// filesMax is what the box may have open: its connections, as edge/web bounds them, and its own files.
	filesMax = 4096 + 200

	answerWait = 10 * time.Second       // for an answer; a hostile gives up then
	sipEvery   = 500 * time.Millisecond // between two bytes of somebody slow
	dripMax    = 2 * time.Minute        // that somebody slow goes on at most
	pressEvery = 60 * time.Millisecond  // between two presses of one clerk: four clerks are as quick as a hall of twelve desks
	paperEvery = 10 * time.Millisecond  // between two looks at a slip
	waiting    = 8                      // people who wait at a desk when the clerks begin
	phases     = 2                      // calm and storm, each so often in turn
	leaveTime  = 3 * time.Second        // for what the crew left behind to end, before the next calm
	settled    = 2 * time.Minute        // a storm that is longer has had time to fill whatever it can fill
	hugeHeader = 1 << 20
	hugeBody   = 1 << 30
	socketsOf  = 20 // sockets that one hostile opens at once
)
