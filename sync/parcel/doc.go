// Package parcel carries the road's messages in a file, for a centre whose line is cut: a stick goes to headquarters
// with what waits, and comes back with what headquarters has to say.
//
// It promises that only headquarters can read what a box sealed and only the box what headquarters sealed; that a
// parcel which is cut, edited, forged or somebody else's is refused whole, with the reason; and that whatever comes by
// stick may have come by the line as well, before or after, without harm.
//
// It owns no file but the one it is asked to write. FORMAT.md beside it is the specification. The messages inside are
// those of sync/wire, so read that first; what is done with them is what sync/ingest and sync/uplink do.
package parcel
