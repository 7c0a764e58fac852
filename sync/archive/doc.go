// Package archive is headquarters' copy of every centre's chain, in one bbolt file: the batches as they came, the end
// of every chain, the key that signs it, and the branches that were set aside.
//
// It promises: a group of commands is applied whole or not at all, and once, however often the raft log is replayed;
// what a reader is shown was committed; a fork never touches the chain it contradicts; after a commit whose outcome is
// unknown it takes nothing more.
//
// It owns the file archive.db, described in FORMAT.md. Who decides what is admitted is Admit, in admit.go. Read
// sync/quorum next, which feeds it.
package archive
