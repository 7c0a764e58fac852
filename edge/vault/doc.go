// Package vault seals what identifies a person, so that a ledger without its vault tells nothing.
//
// It promises: each subject, a household or a case, has a data key of its own, which is on disk before anything sealed
// under it can be recorded; what was sealed opens only under that key and at the place it was sealed for, so that it cannot
// be moved; a subject whose key was forgotten opens never again, while the chain it stands in verifies as before; numbers
// are found again by a keyed hash, which nobody can search without the vault.
//
// It owns the file vault.db, the key table, and the key it is wrapped with: vault.key, or a credential of systemd. FORMAT.md
// has their bytes with vectors, and docs/adr/0027-sealed-under-keys-beside-the-chain.md the reasons. It knows nothing of
// people; edge/civil has their names and numbers, edge/desk seals and opens.
package vault
