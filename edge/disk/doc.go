// Package disk tells how the volume below a store is, and holds room on it for what must not stop.
//
// It answers three questions: how much room there is (Volume, and Ballast, which keeps some back), how long the drive takes to
// make something permanent (Times), and whether that can be true (Volume.Lies). It knows nothing of what is stored.
//
// It owns the ballast, a file beside a store whose content means nothing: deleting it costs the room that it held. The ledger,
// the archive and the raft log of headquarters stand on it; see docs/adr/0031.
package disk
