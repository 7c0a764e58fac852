package wire

import (
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"

	"markaz.example/edge/id"
)

// ErrWord is reported when what headquarters said was not signed by the key that the box knows.
var ErrWord = errors.New("not signed by the key of this headquarters")

// Letter is one thing that headquarters has to say to one centre: a lease, an answer, an order. Letters are numbered
// without gaps, and each has its effect once.
type Letter struct {
	Number    uint64 // from 1, one after the other for a centre
	Kind      string // what the body is: "lease.granted/1"; 1 to 64 bytes
	Body      []byte // CBOR in the shape of the kind; at most LetterBytesMax
	Wall      int64  // headquarters' time when it was written, milliseconds since 1970 UTC
	Signature []byte // over the centre and all of the above
}

// Received says that every letter up to Number had its effect, and that this is in the box's ledger.
type Received struct{ Number uint64 }

// Fetch asks for a part of something that headquarters keeps by its digest.
type Fetch struct {
	Digest [32]byte // SHA-256 of the whole
	Offset uint64
	Length uint32 // at most PieceBytesMax
}

// Piece answers Fetch. Empty bytes at an offset below Total say that headquarters does not have it.
type Piece struct {
	Digest [32]byte
	Offset uint64
	Total  uint64
	Bytes  []byte
}

// SignLetter puts headquarters' word under a letter to a centre.
func SignLetter(key ed25519.PrivateKey, centre id.Centre, l Letter) Letter {
	l.Signature = ed25519.Sign(key, l.message(centre))
	return l
}

// Verify reports ErrWord for a letter that is not headquarters', or is to another centre.
func (l Letter) Verify(key ed25519.PublicKey, centre id.Centre) error {
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, l.message(centre), l.Signature) {
		return fmt.Errorf("%w: letter %d to %s", ErrWord, l.Number, centre)
	}
	return nil
}

// message is what is signed: the purpose, whom it is for, then each field behind its length or at a fixed width.
func (l Letter) message(centre id.Centre) []byte {
	b := []byte("markaz letter 1\n" + string(centre) + "\n")
	b = binary.BigEndian.AppendUint64(b, l.Number)
	b = binary.BigEndian.AppendUint64(b, uint64(l.Wall))
	b = append(binary.AppendUvarint(b, uint64(len(l.Kind))), l.Kind...)
	return append(b, l.Body...)
}

// SignTime puts headquarters' word under the time it tells, for the greeting with this nonce.
func SignTime(key ed25519.PrivateKey, n Nonce, wall int64) []byte {
	return ed25519.Sign(key, timeMessage(n, wall))
}

// VerifyTime reports ErrWord when the time in a Welcome is not headquarters' word for the greeting with this nonce.
func (w Welcome) VerifyTime(key ed25519.PublicKey, n Nonce) error {
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, timeMessage(n, w.Wall), w.TimeSignature) {
		return fmt.Errorf("%w: the time", ErrWord)
	}
	return nil
}

func timeMessage(n Nonce, wall int64) []byte {
	return binary.BigEndian.AppendUint64(append([]byte("markaz time 1\n"), n[:]...), uint64(wall))
}

type letterForm struct {
	Number    uint64 `cbor:"1,keyasint"`
	Kind      string `cbor:"2,keyasint"`
	Body      []byte `cbor:"3,keyasint"`
	Wall      int64  `cbor:"4,keyasint"`
	Signature []byte `cbor:"5,keyasint"`
}

type receivedForm struct {
	Number uint64 `cbor:"1,keyasint"`
}

type fetchForm struct {
	Digest []byte `cbor:"1,keyasint"`
	Offset uint64 `cbor:"2,keyasint"`
	Length uint32 `cbor:"3,keyasint"`
}

type pieceForm struct {
	Digest []byte `cbor:"1,keyasint"`
	Offset uint64 `cbor:"2,keyasint"`
	Total  uint64 `cbor:"3,keyasint"`
	Bytes  []byte `cbor:"4,keyasint"`
}

func (l Letter) form() any   { return letterForm(l) }
func (r Received) form() any { return receivedForm(r) }
func (f Fetch) form() any    { return fetchForm{f.Digest[:], f.Offset, f.Length} }
func (p Piece) form() any    { return pieceForm{p.Digest[:], p.Offset, p.Total, p.Bytes} }

func (f letterForm) message() (Letter, error)     { return Letter(f), nil }
func (f receivedForm) message() (Received, error) { return Received(f), nil }

func (f fetchForm) message() (Fetch, error) {
	m := Fetch{Offset: f.Offset, Length: f.Length}
	return m, fill(m.Digest[:], f.Digest, "digest")
}

func (f pieceForm) message() (Piece, error) {
	m := Piece{Offset: f.Offset, Total: f.Total, Bytes: f.Bytes}
	return m, fill(m.Digest[:], f.Digest, "digest")
}

func (l Letter) check() error {
	switch {
	case l.Number == 0:
		return fmt.Errorf("%w: letter 0, the first is 1", ErrField)
	case l.Kind == "" || !printable(l.Kind, nameBytesMax):
		return fmt.Errorf("%w: kind of %d bytes, want 1 to %d, printable", ErrField, len(l.Kind), nameBytesMax)
	case len(l.Body) > LetterBytesMax:
		return fmt.Errorf("%w: letter of %d bytes, limit %d", ErrField, len(l.Body), LetterBytesMax)
	case len(l.Signature) != ed25519.SignatureSize:
		return fmt.Errorf("%w: signature of %d bytes, want %d", ErrField, len(l.Signature), ed25519.SignatureSize)
	}
	return nil
}

func (Received) check() error { return nil }

func (f Fetch) check() error {
	if f.Length == 0 || f.Length > PieceBytesMax {
		return fmt.Errorf("%w: %d bytes asked for, want 1 to %d", ErrField, f.Length, PieceBytesMax)
	}
	return nil
}

func (p Piece) check() error {
	if len(p.Bytes) > PieceBytesMax || p.Offset > p.Total || uint64(len(p.Bytes)) > p.Total-p.Offset {
		return fmt.Errorf("%w: piece of %d bytes at %d of %d", ErrField, len(p.Bytes), p.Offset, p.Total)
	}
	return nil
}
