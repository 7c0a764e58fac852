package wire

import (
	"crypto/ed25519"
	"fmt"

	"markaz.example/edge/chain"
)

// Recall opens a link on which a re-made box asks for its centre's chain, in place of Hello.
type Recall struct {
	Version     uint
	After       chain.Position    // what the box has already; the zero value when it has nothing
	Incarnation chain.Incarnation // of After; the zero value when it has nothing: headquarters then chooses
	Lineage     bool              // the box can read stretch after stretch; without it it is given one chain or nothing
}

// Past answers Recall. Batches follow as headquarters keeps them, from After to Held, at most a window of them not
// acknowledged by the box. A history that went on in a new incarnation, or over a branch, comes in stretches, one on a link.
type Past struct {
	Incarnation chain.Incarnation
	Held        chain.Position // where the stretch ends; the last batch may have records behind it, which are no part of the history
	Keys        []Signer       // whose checkpoints are in it, in order
	RawBytes    uint64         // of all batches to come, decompressed
	Batches     uint64         // to come
	Bytes       uint64         // of all batches to come, as sent
	End         uint64         // the sequence with which the whole history ends; 0 when Held does
}

// More reports whether the history goes on behind Held.
func (p Past) More() bool { return p.End > p.Held.Seq }

// Signer is the key that signs a chain's checkpoints from a sequence on.
type Signer struct {
	From uint64
	Key  ed25519.PublicKey
}

type recallForm struct {
	Version     uint            `cbor:"1,keyasint"`
	After       positionForm    `cbor:"2,keyasint"`
	Incarnation incarnationForm `cbor:"3,keyasint"`
	Lineage     bool            `cbor:"4,keyasint,omitempty"`
}

type pastForm struct {
	Incarnation incarnationForm `cbor:"1,keyasint"`
	Held        positionForm    `cbor:"2,keyasint"`
	Keys        []signerForm    `cbor:"3,keyasint"`
	RawBytes    uint64          `cbor:"4,keyasint"`
	Batches     uint64          `cbor:"5,keyasint"`
	Bytes       uint64          `cbor:"6,keyasint"`
	End         uint64          `cbor:"7,keyasint,omitempty"`
}

// signerForm is an array of two.
type signerForm struct {
	_    struct{} `cbor:",toarray"`
	From uint64
	Key  []byte
}

func (r Recall) form() any {
	return recallForm{r.Version, formPosition(r.After), formIncarnation(r.Incarnation), r.Lineage}
}

func (p Past) form() any {
	keys := make([]signerForm, len(p.Keys))
	for i, k := range p.Keys {
		keys[i] = signerForm{From: k.From, Key: k.Key}
	}
	return pastForm{formIncarnation(p.Incarnation), formPosition(p.Held), keys, p.RawBytes, p.Batches, p.Bytes, p.End}
}

func (f recallForm) message() (r Recall, err error) {
	r.Version, r.Lineage = f.Version, f.Lineage
	if r.After, err = f.After.position(); err != nil {
		return r, err
	}
	r.Incarnation, err = f.Incarnation.incarnation()
	return r, err
}

func (f pastForm) message() (p Past, err error) {
	p = Past{RawBytes: f.RawBytes, Batches: f.Batches, Bytes: f.Bytes, End: f.End}
	for _, k := range f.Keys {
		p.Keys = append(p.Keys, Signer{k.From, k.Key})
	}
	if p.Incarnation, err = f.Incarnation.incarnation(); err != nil {
		return p, err
	}
	p.Held, err = f.Held.position()
	return p, err
}

func (r Recall) check() error {
	switch {
	case r.Version == 0:
		return fmt.Errorf("%w: version 0, the first is 1", ErrField)
	case r.Incarnation == chain.Incarnation{}:
		if r.After != (chain.Position{}) {
			return fmt.Errorf("%w: a position of no chain", ErrField)
		}
		return nil
	}
	if err := checkIncarnation(r.Incarnation); err != nil {
		return err
	}
	return checkPosition(r.Incarnation, r.After)
}

func (p Past) check() error {
	if len(p.Keys) == 0 || len(p.Keys) > SignersMax {
		return fmt.Errorf("%w: %d keys, want 1 to %d", ErrField, len(p.Keys), SignersMax)
	}
	for _, k := range p.Keys {
		if len(k.Key) != ed25519.PublicKeySize {
			return fmt.Errorf("%w: key of %d bytes, want %d", ErrField, len(k.Key), ed25519.PublicKeySize)
		}
	}
	if err := checkIncarnation(p.Incarnation); err != nil {
		return err
	}
	return checkPosition(p.Incarnation, p.Held)
}
