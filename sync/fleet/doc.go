// Package fleet is how each centre is, as headquarters knows it: how far its chain has come, how far headquarters has it,
// when it was last heard, whether it is linked, refused or forked, and what its box says of itself.
//
// It promises one row for every centre of the roster and for no other, the same on every node that hears the others, and
// memory that is bounded whatever boxes and nodes say: a centre costs at most 12 KiB, its last hour among them.
//
// It owns no file: what it knows of links begins anew with the process, what it knows of chains comes from the archive,
// and the rest from its Sources, each of which may be missing. Read report.go, then sync/fleet/page, which shows it.
package fleet
