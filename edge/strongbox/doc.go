// Package strongbox keeps every secret of a box sealed under one key, and the key out of a thief's hands.
//
// The box key comes from one of four ways: the machine's TPM, which gives it out only in the state that the machine booted
// in when it was sealed; a credential of systemd, encrypted to this machine; a passphrase that the manager types after each
// start; or, where nobody chose, a file beside it, which is a condition of its own: whoever has the disk then opens
// everything. A recovery code on paper opens it when the way does not.
//
// It promises: a secret is sealed under a key of its own, drawn from the box key and the secret's name, so that no sealed
// file can take another's place; what lay in the clear is sealed and on disk before the clear file is wiped; another way
// wraps the box key anew and touches no secret; a power cut at any point leaves the old way or the new one; a key in memory
// is never swapped out and in no core. While it is locked it gives nothing out and takes nothing in, and the box goes on
// with what needs no secret.
//
// It owns the directory strongbox/ of the data directory, with lock.json and open.key, and every file that ends in .sealed.
// FORMAT.md has their bytes, docs/adr/0034 the reasons.
package strongbox
