// Package platter is a disk in memory that knows what was synced and what was only written, and what a power cut in the
// wrong moment leaves of it.
//
// A Disk holds directories and files. Each has two sides: what running programs see, and what is on the platter for sure.
// Between them stands every change since the last sync, in order. Power goes off at a chosen I/O; Restore then decides,
// by a seed, which of those changes reached the platter. A name is a change of its directory, and is lost with it when
// that directory was not synced: no journal is assumed that would do better. What is assumed is what the failure model of
// this project assumes: a sector of 512 bytes is whole or old, except where an image tears at any byte.
//
// Faults are set while programs run: a sync that lies, the n-th sync answered with an I/O error, no room. Package mount
// puts a Disk under a path. Read disk.go next, then image.go.
package platter
