// Package uplink hands the box's ledger to headquarters, whenever there is a link.
//
// It promises that nothing is sent that the ledger has not acknowledged to its own callers, that the ledger is told
// to forget only what headquarters holds by sequence and hash, and that an outage, a refusal or a fork never stops the box:
// Run returns when its context ends, and for no other reason.
//
// It measures the line (line.go) and never has more under way than two batches of four seconds, what the line holds, and 2 MiB.
//
// Sender takes every decision and does nothing else: no I/O, no goroutine, no clock of its own. It is simulated by seed
// together with headquarters' side, in sync/ingest. Uplink.Run is the thin part around it. The package owns no file.
// sync/wire/FORMAT.md has the conversation in words.
package uplink
