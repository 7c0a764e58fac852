// Package archive is headquarters' copy of every centre's chain, in one bbolt file: the batches as they came, the end
// of every chain, the keys that sign it, and the branches that contradict it, each a small chain of its own.
//
// It promises: a group of commands is applied whole or not at all, and once, however often the raft log is replayed;
// what a reader is shown was committed; a batch's signature is checked again before it is taken; a branch never touches the
// chain it contradicts until a person settles it, and then nothing of either is lost; after a commit whose outcome is
// unknown it takes nothing more.
//
// It owns the file archive.db, described in FORMAT.md. What decides is Place, in admit.go, and Speaks, in key.go. Read
// sync/quorum next, which feeds it.
package archive
