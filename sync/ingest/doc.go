// Package ingest is headquarters' end of the road: it checks what a box sends, proposes it to the raft group, and
// acknowledges after the commit.
//
// It promises that an acknowledgement is sent only for what a quorum holds, that a batch reaches the group only after
// its signature and every record in it were verified, and that what one box sends harms no other.
//
// Session takes every decision of one link and does nothing else; it is simulated by seed together with uplink.Sender
// in this package's tests. Recital does the same on a link on which a re-made box reads its chain back. Server is the thin part around it. The package owns no file. sync/wire/FORMAT.md has the
// conversation in words.
package ingest
