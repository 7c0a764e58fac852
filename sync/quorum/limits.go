package quorum

import "time"

const (
	// inFlightMax bounds the batches proposed and not yet applied, and is what one append of the raft log may hold.
	// Batches are some 50 KiB, 1 MiB at the very most: 64 of them are 3 MiB, and never more than 64 MiB.
	inFlightMax = 64

	// snapshotEvery is the number of log entries after which the log is cut: 512 batches of 50 KiB are 25 MiB.
	snapshotEvery = 512

	// trailing is how much log is kept behind a snapshot. One node needs none of it; 128 let a person look back.
	trailing = 128

	// snapshotCheck is how often raft looks whether it is time for a snapshot.
	snapshotCheck = 30 * time.Second

	// snapshotsKept is one: an older marker with a cut log behind the newer one could not be used anyway.
	snapshotsKept = 1

	// electionPause is how long a node alone waits before it elects itself: nobody else could answer, so a start
	// is fast. Raft draws from once to twice this. Three nodes need 1 s here, or a slow disk looks like a dead leader.
	electionPause = 100 * time.Millisecond

	// commitPause is how often raft tells followers of a commit without being asked.
	commitPause = 5 * time.Millisecond

	// roomWaitMin and roomWaitMax bound the pauses between attempts to write to a full disk: short enough that a
	// technician sees it go on, long enough to leave a starved disk alone.
	roomWaitMin = 100 * time.Millisecond
	roomWaitMax = 5 * time.Second

	// notifyBuffer holds changes of leadership that Run has not looked at yet; raft waits when it is full.
	notifyBuffer = 4
)
