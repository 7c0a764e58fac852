// Package nation is many centres on one machine: for each a real ledger on disk and the real uplink over TLS, with
// drawn visits in place of people. What a box told its people is saved it also writes into a list beside the ledger,
// which a judge compares with what headquarters holds.
//
// Beside it lies what the box asked headquarters and was answered, which must look like one register in one place.
//
// It owns a directory for each centre: ledger.db, box.seed, acknowledged, witness. Nothing in it is worth keeping.
package nation
