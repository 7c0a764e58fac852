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

	Nonce        Nonce    // random; headquarters' word on the time is for this greeting alone. Zero from version 1
	Dictionaries []uint32 // that the box has, for batches of CodecDictionary; at most 8
}

// Nonce keeps an old answer from passing for a new one.
type Nonce [16]byte

// Welcome answers Hello.
type Welcome struct {
	Version uint
	Held    chain.Position // the last record headquarters holds of this incarnation; Start when none
	Wall    int64          // headquarters' time, milliseconds since 1970 UTC
	Window  uint           // batches that may be under way unacknowledged

	TimeSignature []byte // of Wall and the greeting's nonce, by headquarters' key for what it sends down; may be absent
	Dictionary    uint32 // of those the box has, the one to use; 0 for none
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
	RawBytes   uint32 // size of the records, each with its length before it; bounded before anything is decompressed
	Block      []byte // the records, as Codec says
	Codec      Codec
	Dictionary uint32 // of CodecDictionary; 0 else
}

// Codec is how the records of a batch became its block.
type Codec uint8

// The codecs. Frozen; a new one takes the next number.
const (
	CodecRows       Codec = iota // zstd of the records one after the other, each behind its length as a varint
	CodecColumns                 // a sealed block, as edge/block describes it
	CodecDictionary              // as CodecRows, with the dictionary that Dictionary names
	codecs                       // how many there are
)

// Ack says that everything up to Held is committed at headquarters.
type Ack struct{ Held chain.Position }

// Refusal says why headquarters will not go on. The link closes after it.
type Refusal struct {
	Code   string         // stable: one of the Code constants
	Detail string         // for the log and the technician: what was wrong and what to do
	Held   chain.Position // where headquarters stands, for a gap
	Fatal  bool           // the same thing will not be accepted when sent again
}

// Beat keeps a silent link alive and carries the box's head, so that headquarters can show the lag, and how the box is.
type Beat struct {
	Head chain.Position

	Oldest     int64        // wall time of the oldest record that headquarters does not hold, milliseconds; 0 when it holds all
	Conditions []string     // that are on the box's board now: "printer.paper-out"; at most 32, each 1 to 64 bytes
	Packs      []ActivePack // active on the box; at most 16
	Wall       int64        // what the box believes the time to be, milliseconds; 0 when it does not say
	Grade      uint8        // how far it trusts that: a clock.Grade
}

// ActivePack is what is active of one thing that headquarters sends down.
type ActivePack struct {
	Name    string // 1 to 32 bytes
	Version uint64
}

// Probe asks for headquarters' hash at a sequence. A box sends it only when its chain and headquarters' differ, to find
// the last record that both share.
type Probe struct{ Seq uint64 }

// Landmark answers Probe. When headquarters holds less than was asked for, it is where headquarters stands.
type Landmark struct {
	At chain.Position

	// Begins is the newest end of a batch at or before At, as headquarters keeps them. Evidence of a fork that begins there
	// can take the place of what headquarters holds. The zero value from version 1.
	Begins chain.Position
}

// Shelved says that a branch which contradicts the chain is kept up to At, beside the chain and not as part of it. The
// box may send what follows on the branch.
type Shelved struct{ At chain.Position }

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
	CodeSettled   = "settled"        // a person has settled the fork, and not for this box: it must be made anew
	CodeBusy      = "busy"           // headquarters cannot take it now; come back
	CodeReplaced  = "replaced"       // a newer link of the same incarnation took over
	CodeSilent    = "silent"         // nothing was heard for too long
	CodeHeir      = "heir"           // the chain goes on after another's records, and nobody let it
	CodeAncestor  = "ancestor"       // the record that the chain goes on after is not held
)
