// Package box is one running box, composed from a configuration: the only place where edge, devices and sync meet.
//
// It promises that pages are served from the first moment, before the ledger is open; that a box which has an identity
// and finds no ledger does not begin a new chain; and that when it stops, paper on its way is waited for before the
// ledger closes.
//
// It owns the data directory: ledger.db, described in edge/ledger/FORMAT.md, box.key.sealed, the Ed25519 key that signs
// checkpoints, and the strongbox that seals it. Deleting box.key makes headquarters refuse this chain; deleting ledger.db loses what was not
// sent, and the box will not start until a person settles it.
package box
