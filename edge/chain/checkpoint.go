package chain

import (
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrSignature is reported when a checkpoint was not signed by the key it is checked against.
var ErrSignature = errors.New("checkpoint signature does not match")

// Checkpoint is a box's word that its chain stands at a position. With it and the public key anyone can verify a range
// of records without the box.
type Checkpoint struct {
	Incarnation Incarnation
	Position    Position
	Wall        int64 // milliseconds since 1970 UTC, as the box believed
	Signature   [ed25519.SignatureSize]byte
}

// Sign makes a checkpoint.
func Sign(key ed25519.PrivateKey, in Incarnation, at Position, wall int64) Checkpoint {
	c := Checkpoint{Incarnation: in, Position: at, Wall: wall}
	copy(c.Signature[:], ed25519.Sign(key, c.message()))
	return c
}

// Verify reports ErrSignature.
func (c Checkpoint) Verify(key ed25519.PublicKey) error {
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, c.message(), c.Signature[:]) {
		return fmt.Errorf("%w: %s at %s", ErrSignature, c.Incarnation, c.Position)
	}
	return nil
}

// message is what is signed: a line that names the purpose, so that no other signature of the key fits, then
// incarnation, sequence, hash and time at fixed widths.
func (c Checkpoint) message() []byte {
	b := []byte("markaz checkpoint 1\n" + c.Incarnation.String() + "\n")
	b = binary.BigEndian.AppendUint64(b, c.Position.Seq)
	b = append(b, c.Position.Hash[:]...)
	return binary.BigEndian.AppendUint64(b, uint64(c.Wall))
}
