// Package quorum is headquarters' raft node: it puts batches of all centres into one order, keeps that order on disk on
// a majority of nodes, and applies it to the archive.
//
// A node is alone, or one of a group that speaks over sync/peer; any of them takes batches and hands them to the leader.
//
// It promises: what Submit answered is held by a majority; the same order gives the same archive on every node; a node
// whose disk gave an answer it cannot trust stops and says so; a full disk is waited out.
//
// It owns, in its directory, raft.db (raft-boltdb's log and votes) and snapshots/ (markers: the state itself is the
// archive), and archive.db.incoming while an archive is streamed here. DESIGN.md tells why it is built this way. Read
// sync/ingest next, which feeds it from the links.
package quorum
