// Package scribe is the writer of a box's ledger alone on a small machine with a real kernel and ext4, whose plug is pulled
// while it writes, on a drive whose cache forgets. It is the quick sister of blackout, where a whole Debian is killed.
// Read run.go.
package scribe
