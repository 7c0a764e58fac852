// Package witness keeps, outside a store's file, how far the store has come: its newest acknowledged place and the newest that
// somebody else confirmed.
//
// A store that is opened and stands below its witness has lost what was acknowledged, or is an older copy; one that has
// something else at the witness' place is another. Nothing inside the file can show either: it is whole, and older.
//
// A witness is two small files, written in turn and in place, each synced: a cut spoils one of them at most, and a full disk
// neither. It is written behind the commits that it tells of, so one that lags says nothing; see FORMAT.md and
// docs/adr/0031. The ledger, the archive and the raft log of headquarters each have one.
package witness
