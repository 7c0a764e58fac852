package wire

import (
	"crypto/ed25519"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
)

// The messages as they are written: CBOR maps with integer keys. The keys are frozen; a new one takes the next number
// and old readers pass over it.

const keyBytes = ed25519.PublicKeySize

// positionForm is an array of two.
type positionForm struct {
	_    struct{} `cbor:",toarray"`
	Seq  uint64
	Hash []byte
}

// incarnationForm is an array of two.
type incarnationForm struct {
	_      struct{} `cbor:",toarray"`
	Centre string
	Name   []byte // as chain.Incarnation.Name gives it
}

type helloForm struct {
	Version     uint            `cbor:"1,keyasint"`
	Incarnation incarnationForm `cbor:"2,keyasint"`
	Head        positionForm    `cbor:"3,keyasint"`
	Key         []byte          `cbor:"4,keyasint"`
	Software    string          `cbor:"5,keyasint"`

	Nonce        []byte   `cbor:"6,keyasint,omitempty"`
	Dictionaries []uint32 `cbor:"7,keyasint,omitempty"`
}

type welcomeForm struct {
	Version uint         `cbor:"1,keyasint"`
	Held    positionForm `cbor:"2,keyasint"`
	Wall    int64        `cbor:"3,keyasint"`
	Window  uint         `cbor:"4,keyasint"`

	TimeSignature []byte `cbor:"5,keyasint,omitempty"`
	Dictionary    uint32 `cbor:"6,keyasint,omitempty"`
}

type batchForm struct {
	Incarnation incarnationForm `cbor:"1,keyasint"`
	Prev        positionForm    `cbor:"2,keyasint"`
	Last        positionForm    `cbor:"3,keyasint"`
	Wall        int64           `cbor:"4,keyasint"`
	Signature   []byte          `cbor:"5,keyasint"`
	RawBytes    uint32          `cbor:"6,keyasint"`
	Block       []byte          `cbor:"7,keyasint"`
	Codec       uint8           `cbor:"8,keyasint,omitempty"`
	Dictionary  uint32          `cbor:"9,keyasint,omitempty"`
}

type ackForm struct {
	Held positionForm `cbor:"1,keyasint"`
}

type refusalForm struct {
	Code   string       `cbor:"1,keyasint"`
	Detail string       `cbor:"2,keyasint"`
	Held   positionForm `cbor:"3,keyasint"`
	Fatal  bool         `cbor:"4,keyasint"`
}

type beatForm struct {
	Head       positionForm `cbor:"1,keyasint"`
	Oldest     int64        `cbor:"2,keyasint,omitempty"`
	Conditions []string     `cbor:"3,keyasint,omitempty"`
	Packs      []packForm   `cbor:"4,keyasint,omitempty"`
	Wall       int64        `cbor:"5,keyasint,omitempty"`
	Grade      uint8        `cbor:"6,keyasint,omitempty"`
}

// packForm is an array of two.
type packForm struct {
	_       struct{} `cbor:",toarray"`
	Name    string
	Version uint64
}

type shelvedForm struct {
	At positionForm `cbor:"1,keyasint"`
}

type probeForm struct {
	Seq uint64 `cbor:"1,keyasint"`
}

type landmarkForm struct {
	At     positionForm  `cbor:"1,keyasint"`
	Begins *positionForm `cbor:"2,keyasint,omitempty"`
}

func (h Hello) form() any {
	f := helloForm{h.Version, formIncarnation(h.Incarnation), formPosition(h.Head), h.Key, h.Software, nil, h.Dictionaries}
	if h.Nonce != (Nonce{}) {
		f.Nonce = h.Nonce[:]
	}
	return f
}

func (w Welcome) form() any {
	return welcomeForm{w.Version, formPosition(w.Held), w.Wall, w.Window, w.TimeSignature, w.Dictionary}
}

func (b Batch) form() any {
	c := b.Checkpoint
	return batchForm{
		formIncarnation(c.Incarnation), formPosition(b.Prev), formPosition(c.Position), c.Wall, c.Signature[:],
		b.RawBytes, b.Block, uint8(b.Codec), b.Dictionary,
	}
}

func (a Ack) form() any { return ackForm{formPosition(a.Held)} }

func (r Refusal) form() any { return refusalForm{r.Code, r.Detail, formPosition(r.Held), r.Fatal} }

func (b Beat) form() any {
	f := beatForm{formPosition(b.Head), b.Oldest, b.Conditions, nil, b.Wall, b.Grade}
	for _, p := range b.Packs {
		f.Packs = append(f.Packs, packForm{Name: p.Name, Version: p.Version})
	}
	return f
}

func (s Shelved) form() any { return shelvedForm{formPosition(s.At)} }
func (p Probe) form() any   { return probeForm(p) }

func (l Landmark) form() any {
	f := landmarkForm{At: formPosition(l.At)}
	if l.Begins != (chain.Position{}) {
		begins := formPosition(l.Begins)
		f.Begins = &begins
	}
	return f
}

func (f helloForm) message() (h Hello, err error) {
	h = Hello{Version: f.Version, Key: f.Key, Software: f.Software, Dictionaries: f.Dictionaries}
	if len(f.Nonce) > 0 {
		err = fill(h.Nonce[:], f.Nonce, "nonce of the greeting")
	}
	if err != nil {
		return h, err
	}
	if h.Incarnation, err = f.Incarnation.incarnation(); err != nil {
		return h, err
	}
	h.Head, err = f.Head.position()
	return h, err
}

func (f welcomeForm) message() (Welcome, error) {
	held, err := f.Held.position()
	return Welcome{
		Version: f.Version, Held: held, Wall: f.Wall, Window: f.Window, TimeSignature: f.TimeSignature, Dictionary: f.Dictionary,
	}, err
}

func (f batchForm) message() (b Batch, err error) {
	b = Batch{RawBytes: f.RawBytes, Block: f.Block, Codec: Codec(f.Codec), Dictionary: f.Dictionary}
	b.Checkpoint.Wall = f.Wall
	if b.Checkpoint.Incarnation, err = f.Incarnation.incarnation(); err != nil {
		return b, err
	}
	if b.Prev, err = f.Prev.position(); err != nil {
		return b, err
	}
	if b.Checkpoint.Position, err = f.Last.position(); err != nil {
		return b, err
	}
	return b, fill(b.Checkpoint.Signature[:], f.Signature, "signature")
}

func (f ackForm) message() (Ack, error) {
	held, err := f.Held.position()
	return Ack{held}, err
}

func (f refusalForm) message() (Refusal, error) {
	held, err := f.Held.position()
	return Refusal{f.Code, f.Detail, held, f.Fatal}, err
}

func (f beatForm) message() (Beat, error) {
	head, err := f.Head.position()
	b := Beat{Head: head, Oldest: f.Oldest, Conditions: f.Conditions, Wall: f.Wall, Grade: f.Grade}
	for _, p := range f.Packs {
		b.Packs = append(b.Packs, ActivePack{p.Name, p.Version})
	}
	return b, err
}

func (f shelvedForm) message() (Shelved, error) {
	at, err := f.At.position()
	return Shelved{at}, err
}

func (f probeForm) message() (Probe, error) { return Probe(f), nil }

func (f landmarkForm) message() (l Landmark, err error) {
	if l.At, err = f.At.position(); err != nil || f.Begins == nil {
		return l, err
	}
	l.Begins, err = f.Begins.position()
	return l, err
}

func formPosition(p chain.Position) positionForm { return positionForm{Seq: p.Seq, Hash: p.Hash[:]} }

func (f positionForm) position() (p chain.Position, err error) {
	p.Seq = f.Seq
	return p, fill(p.Hash[:], f.Hash, "hash")
}

func formIncarnation(in chain.Incarnation) incarnationForm {
	return incarnationForm{Centre: string(in.Centre), Name: in.Name()}
}

func (f incarnationForm) incarnation() (in chain.Incarnation, err error) {
	if in, err = chain.Named(id.Centre(f.Centre), f.Name); err != nil {
		return in, fmt.Errorf("%w: %w", ErrField, err)
	}
	return in, nil
}

func fill(to, from []byte, what string) error {
	if len(from) != len(to) {
		return fmt.Errorf("%w: %s of %d bytes, want %d", ErrField, what, len(from), len(to))
	}
	copy(to, from)
	return nil
}
