// Package backup writes what a centre cannot be made again without into one sealed file, and reads it back.
//
// It promises that only who holds a key that the file was sealed to can read it; that what is read is what one box wrote,
// whole, or is refused with the reason; and that a stick which is pulled out leaves no half file under a good name. The
// ledger in it stands at one acknowledged record, and no key of that ledger is missing from the vault beside it.
//
// FORMAT.md beside it is the specification: age, zstd and tar behind 512 readable bytes, so that the tools of any machine can
// open a backup when this program is not at hand. The package owns no file but the one that it is asked to write. What
// goes into a backup is edge/box's to say; what is done with one that is opened is the business of a restoration.
package backup
