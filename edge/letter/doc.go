// Package letter is what headquarters has to say to one centre: the kinds of letters and their bodies.
//
// It promises that a body which Open gave passed its Check, and that a letter of a kind this version does not know can
// be told from one that cannot be read: the first is of a newer headquarters, the second is nobody's.
//
// A letter comes over the link or by stick; its number and signature are the carrier's (sync/wire). A kind is frozen once
// released, as a record's is: keys may be added, a new meaning is "/2". The package owns no file.
package letter
