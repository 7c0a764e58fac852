package wire

import (
	"crypto/ed25519"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
)

// Hello is the first message of a link, from the box.
type Hello struct {
	Version     uint              // of this protocol
	Incarnation chain.Incarnation // whose chain is offered
	Head        chain.Position    // the newest record the box has acknowledged to its own callers
	Key         ed25519.PublicKey // signs the checkpoints; headquarters pins it to the incarnation at first sight
	Software    string            // for the fleet page: "markaz 0.1.0"
}

// Welcome answers Hello.
type Welcome struct {
	Version uint
	Held    chain.Position // the last record headquarters holds of this incarnation; Start when none
	Wall    int64          // headquarters' time, milliseconds since 1970 UTC
	Window  uint           // batches that may be under way unacknowledged
}

// Span is the part of a batch that decides its fate: where it begins, where it ends, and the box's word for it.
type Span struct {
	Prev       chain.Position   // the position just before the first record
	Checkpoint chain.Checkpoint // its Incarnation is the batch's; its Position is that of the last record
}

// Last is the position of the last record.
func (s Span) Last() chain.Position { return s.Checkpoint.Position }

// Batch is consecutive records, compressed. Headquarters keeps it as it came.
type Batch struct {
	Span
	RawBytes uint32 // size of the block when decompressed; bounded before anything is decompressed
	Block    []byte // zstd of the stored records, each behind its length as an unsigned varint
}

// Ack says that everything up to Held is committed at headquarters.
type Ack struct{ Held chain.Position }

// Refusal says why headquarters will not go on. The link closes after it.
type Refusal struct {
	Code   string         // stable: one of the Code constants
	Detail string         // for the log and the technician: what was wrong and what to do
	Held   chain.Position // where headquarters stands, for a gap
	Fatal  bool           // the same thing will not be accepted when sent again
}

// Beat keeps a silent link alive and carries the box's head, so that headquarters can show the lag.
type Beat struct{ Head chain.Position }

// Probe asks for headquarters' hash at a sequence. A box sends it only when its chain and headquarters' differ, to find
// the last record that both share.
type Probe struct{ Seq uint64 }

// Landmark answers Probe. When headquarters holds less than was asked for, it is where headquarters stands.
type Landmark struct{ At chain.Position }

// Centre is short for the centre whose chain this is.
func (h Hello) Centre() id.Centre { return h.Incarnation.Centre }

// The codes of a Refusal. A receiver treats one it does not know by Fatal alone.
const (
	CodeCentre    = "unknown-centre" // the certificate does not speak for the centre of Hello
	CodeKey       = "key"            // the checkpoint is not signed by the key of this incarnation
	CodeCrowd     = "crowd"          // the centre has more chains than one centre can have; a person must look
	CodeMalformed = "malformed"      // a message could not be read, or its records are not the chain it claims
	CodeOrder     = "order"          // a well-formed message that has no place here: a second Hello, a batch before Welcome
	CodeWindow    = "window"         // more batches under way than Welcome allows
	CodeGap       = "gap"            // records between what headquarters holds and the batch are missing
	CodeFork      = "fork"           // the batch contradicts what headquarters holds; it was set aside
	CodeBusy      = "busy"           // headquarters cannot take it now; come back
	CodeReplaced  = "replaced"       // a newer link of the same incarnation took over
	CodeSilent    = "silent"         // nothing was heard for too long
)
