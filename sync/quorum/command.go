package quorum

import (
	"crypto/ed25519"
	"errors"
	"fmt"

	"github.com/hashicorp/raft"

	"markaz.example/sync/archive"
)

// errCommand is what the state machine answers to an entry it cannot read. Every node answers the same.
var errCommand = errors.New("raft entry is not a command of this version")

// The first byte of a command. Frozen; a new kind takes the next number.
const (
	commandStart byte = 1 + iota // a leader began; nothing follows
	commandBatch                 // the sender's key of 32 bytes, then the batch as wire.Encode gives it
	commandAct                   // an act of the office, as it encodes it
)

func batchCommand(key ed25519.PublicKey, frame []byte) []byte {
	b := make([]byte, 0, 1+len(key)+len(frame))
	return append(append(append(b, commandBatch), key...), frame...)
}

func actCommand(act []byte) []byte { return append([]byte{commandAct}, act...) }

// parseCommand gives what an entry means to the archive. The parts alias it.
func parseCommand(l *raft.Log) (archive.Entry, error) {
	e, b := archive.Entry{Index: l.Index}, l.Data
	switch {
	case len(b) == 1 && b[0] == commandStart:
		return e, nil
	case len(b) > 1+ed25519.PublicKeySize && b[0] == commandBatch:
		e.Key, e.Batch = b[1:1+ed25519.PublicKeySize], b[1+ed25519.PublicKeySize:]
		return e, nil
	case len(b) > 1 && b[0] == commandAct:
		e.Act = b[1:]
		return e, nil
	}
	return e, fmt.Errorf("%w: entry %d of %d bytes", errCommand, l.Index, len(b))
}
