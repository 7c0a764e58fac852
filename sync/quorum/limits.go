package quorum

import (
	"crypto/ed25519"
	"time"

	"markaz.example/sync/wire"
)

const (
	// verifiedAtStart is how many of the newest entries are read before a node starts: 64 MB of batches of 50 KiB, a second
	// of a slow disk. The others are read in the background, entriesAStep at a time: 3 MB.
	verifiedAtStart = 1280
	entriesAStep    = 64

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
	// is fast. Raft draws from once to twice this.
	electionPause = 100 * time.Millisecond

	// groupPause is the same for one of a group: below 1 s a slow disk or a busy machine looks like a dead leader.
	groupPause = time.Second

	// groupLease is how long a leader goes on without hearing from a majority; less than groupPause, so that it has
	// stepped down before another can be elected.
	groupLease = 500 * time.Millisecond

	// commitPause is how often a leader sends its followers something, alone and in a group. What is acknowledged does
	// not wait for it; followers learn so much later what was committed.
	commitPause      = 5 * time.Millisecond
	groupCommitPause = 50 * time.Millisecond

	// groupTrailing is how much log is kept in a group behind a snapshot: 8,192 batches of 50 KiB are 400 MiB. A node that
	// was away for less than that catches up from the log; one that was away for longer is streamed the archive.
	groupTrailing = 8192

	// transportMax bounds one message of raft: 64 batches of 1 MiB at 100 Mbit/s take 5 s.
	transportMax = 10 * time.Second

	// transportPool is how many idle connections to each other node raft keeps.
	transportPool = 3

	// streamMax bounds how long an archive is streamed, and with it how much its file grows meanwhile because no page
	// that the stream needs is used again: at 1,000 records/s that are 200 MB. 100 Mbit/s carry 45 GB in an hour.
	streamMax = time.Hour

	// commandBytesMax bounds a command that another node hands over: a frame and the key before it.
	commandBytesMax = 1 + ed25519.PublicKeySize + wire.FrameBytesMax

	// questionBytesMax bounds a question: 200 bytes of JSON.
	questionBytesMax = 1 << 10

	// aboutMax bounds the question how a node is.
	aboutMax = 3 * time.Second

	// stallMax is how long a sender of an archive may say nothing: a leader that lost its power in the middle must not keep
	// a follower from voting for another.
	stallMax = 5 * time.Second

	// askMax bounds a question to the leader.
	askMax = 10 * time.Second

	// reachLook is how often a node looks whether it has an entry that the leader has: they come with its next message.
	reachLook = 5 * time.Millisecond

	// settleMax bounds the wait for an act of its own on a node that handed it to the leader: the leader tells how far the
	// group is 50 ms after the commit at the latest.
	settleMax = 2 * time.Second

	// drainMax is how long a leader that stops waits for what is under way, handOverMax for another to take over, and
	// drainLook how often it looks. All ends well within the 30 s that systemd grants.
	drainMax    = 3 * time.Second
	handOverMax = 2 * time.Second
	drainLook   = 5 * time.Millisecond

	// caughtUp is how many entries a new node may still lack when it becomes a voter: it has them in a second.
	caughtUp = 64

	// catchUpLook is how often a new node is asked how far it has come.
	catchUpLook = 200 * time.Millisecond

	// changeMax bounds one change of the members, which is one entry of the log.
	changeMax = 15 * time.Second

	// roomWaitMin and roomWaitMax bound the pauses between attempts to write to a full disk: short enough that a
	// technician sees it go on, long enough to leave a starved disk alone.
	roomWaitMin = 100 * time.Millisecond
	roomWaitMax = 5 * time.Second

	// tendEvery is how often the witnesses of log and archive are written while entries come: so far they lag at the most.
	tendEvery = time.Second

	// beatEvery is how often the node shows that it goes round: twelve times in the minute after which systemd takes it for
	// stuck. turnMax is when a transaction of the archive is: the longest entry is 1 MiB, which the slowest disk writes in
	// a second.
	beatEvery = 5 * time.Second
	turnMax   = 30 * time.Second

	// pulseMax bounds the wait for raft's last answer when the node stops.
	pulseMax = 2 * time.Second

	// notifyBuffer holds changes of leadership that Run has not looked at yet; raft waits when it is full.
	notifyBuffer = 4
)
