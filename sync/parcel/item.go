package parcel

import (
	"bufio"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"filippo.io/age"
	"github.com/fxamacker/cbor/v2"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/wire"
)

// What reading a parcel reports. A parcel that is refused had no effect.
var (
	ErrNotOurs   = errors.New("the parcel is sealed to somebody else: it was made for another headquarters or another box")
	ErrDamaged   = errors.New("the parcel is cut short or damaged: copy it to the stick again, or make it anew")
	ErrForged    = errors.New("the parcel is not signed by who it says it is from: do not use this stick again")
	ErrMalformed = errors.New("the parcel is not one of markaz, or of a version that this program does not know")
	ErrDirection = errors.New("the parcel goes the other way: what a box wrote is for headquarters, what headquarters wrote is for that box")
)

// magic begins what is sealed.
const magic = "markaz parcel 1\n"

// The tags of items. Frozen; a new one takes the next number.
const (
	tagHead    byte = 1 + iota // who it is from and for; the first item
	tagMessage                 // a frame of sync/wire
	tagEnd                     // the signature; the last item
)

// Direction is which way a parcel goes.
type Direction uint8

// The directions.
const (
	Up   Direction = 1 // from a box to headquarters
	Down Direction = 2 // from headquarters to a box
)

// Head says what a parcel is.
type Head struct {
	Direction   Direction
	Incarnation chain.Incarnation // whose chain it is about
	Made        time.Time         // by the clock of who made it
	Reply       string            // the age recipient of the box, for the answer; empty on the way down
	Key         ed25519.PublicKey // signs the parcel: the box's for checkpoints, headquarters' for what goes down
}

type headForm struct {
	Direction uint8  `cbor:"1,keyasint"`
	Centre    string `cbor:"2,keyasint"`
	Nonce     []byte `cbor:"3,keyasint"`
	Made      int64  `cbor:"4,keyasint"`
	Reply     string `cbor:"5,keyasint,omitempty"`
	Key       []byte `cbor:"6,keyasint"`
}

var (
	encoding = must(cbor.CoreDetEncOptions().EncMode())
	decoding = must(cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		MaxNestedLevels: 4, MaxMapPairs: 16, MaxArrayElements: 16, UTF8: cbor.UTF8RejectInvalid, // the least that the library takes
	}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic("BUG: options of parcel: " + err.Error())
	}
	return v
}

func (h Head) encode() ([]byte, error) {
	in := h.Incarnation
	return encoding.Marshal(headForm{uint8(h.Direction), string(in.Centre), in.Nonce[:], h.Made.UnixMilli(), h.Reply, h.Key})
}

func decodeHead(b []byte) (h Head, err error) {
	if len(b) > headBytesMax {
		return h, fmt.Errorf("%w: head of %d bytes, limit %d", ErrMalformed, len(b), headBytesMax)
	}
	var f headForm
	if err := decoding.Unmarshal(b, &f); err != nil {
		return h, fmt.Errorf("%w: head: %w", ErrMalformed, err)
	}
	h = Head{Direction: Direction(f.Direction), Made: time.UnixMilli(f.Made), Reply: f.Reply, Key: f.Key}
	h.Incarnation.Centre = id.Centre(f.Centre)
	switch {
	case h.Direction != Up && h.Direction != Down:
		return h, fmt.Errorf("%w: direction %d", ErrMalformed, f.Direction)
	case len(f.Nonce) != chain.NonceBytes || len(f.Key) != ed25519.PublicKeySize || len(f.Reply) > recipientBytesMax:
		return h, fmt.Errorf("%w: a field of the head has another size", ErrMalformed)
	}
	copy(h.Incarnation.Nonce[:], f.Nonce)
	if err := h.Incarnation.Centre.Check(); err != nil {
		return h, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return h, nil
}

// packer seals items into a file.
type packer struct {
	sealed io.WriteCloser
	out    io.Writer // into sealed and sum
	sum    hash.Hash
}

func newPacker(w io.Writer, to age.Recipient, h Head) (*packer, error) {
	p, err := blank(w, to)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(p.out, magic); err != nil {
		return nil, err
	}
	body, err := h.encode()
	if err != nil {
		return nil, err
	}
	return p, p.item(tagHead, body)
}

// blank is a packer that has written nothing.
func blank(w io.Writer, to age.Recipient) (*packer, error) {
	sealed, err := age.Encrypt(w, to)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	p := &packer{sealed: sealed, sum: sha256.New()}
	p.out = io.MultiWriter(sealed, p.sum)
	return p, nil
}

func (p *packer) item(tag byte, body []byte) error {
	head := append(binary.AppendUvarint(nil, uint64(1+len(body))), tag)
	if _, err := p.out.Write(head); err != nil {
		return err
	}
	_, err := p.out.Write(body)
	return err
}

func (p *packer) message(m wire.Message) error {
	frame, err := wire.Encode(m)
	if err != nil {
		return err
	}
	return p.item(tagMessage, frame)
}

// close signs what was packed and ends the seal.
func (p *packer) close(key ed25519.PrivateKey) error {
	signature := ed25519.Sign(key, endMessage(p.sum))
	if err := p.item(tagEnd, signature); err != nil {
		return err
	}
	return p.sealed.Close()
}

func endMessage(sum hash.Hash) []byte { return sum.Sum([]byte("markaz parcel end 1\n")) }

// unpacker opens a parcel and gives its items, bounded, one after the other.
type unpacker struct {
	Head Head
	in   *bufio.Reader
	sum  hash.Hash
}

func newUnpacker(r io.Reader, own Identity) (*unpacker, error) {
	opened, err := unsealed(r, own)
	if err != nil {
		return nil, err
	}
	return begin(opened)
}

func unsealed(r io.Reader, own Identity) (io.Reader, error) {
	opened, err := age.Decrypt(bufio.NewReaderSize(r, bufferBytes), own.key)
	if err != nil {
		return nil, openError(err)
	}
	return opened, nil
}

// begin reads what was sealed up to the first message.
func begin(opened io.Reader) (*unpacker, error) {
	u := &unpacker{in: bufio.NewReaderSize(opened, bufferBytes), sum: sha256.New()}
	first := make([]byte, len(magic))
	if _, err := io.ReadFull(u.in, first); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if string(first) != magic {
		return nil, ErrMalformed
	}
	u.sum.Write(first)
	tag, body, err := u.item()
	if err != nil {
		return nil, err
	}
	if tag != tagHead {
		return nil, fmt.Errorf("%w: it begins with item %d", ErrMalformed, tag)
	}
	u.Head, err = decodeHead(body)
	return u, err
}

// openError tells somebody else's parcel from a file that is none.
func openError(err error) error {
	if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		return ErrNotOurs
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// item gives the next item. What it gives is in the sum, but for the end, whose signature is of what came before.
func (u *unpacker) item() (tag byte, body []byte, err error) {
	size, err := binary.ReadUvarint(u.in)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrDamaged, noEOF(err))
	}
	if size == 0 || size > itemBytesMax {
		return 0, nil, fmt.Errorf("%w: an item of %d bytes, limit %d", ErrMalformed, size, itemBytesMax)
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(u.in, b); err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrDamaged, noEOF(err))
	}
	if b[0] != tagEnd {
		u.sum.Write(binary.AppendUvarint(nil, size))
		u.sum.Write(b)
	}
	return b[0], b[1:], nil
}

// noEOF keeps the end of a file that has no end item from passing for a proper end.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// next gives the next message; io.EOF behind a signature that holds and with nothing after it.
func (u *unpacker) next() (wire.Message, error) {
	tag, body, err := u.item()
	switch {
	case err != nil:
		return nil, err
	case tag == tagMessage:
		m, err := wire.Decode(body)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
		}
		return m, nil
	case tag != tagEnd:
		return nil, fmt.Errorf("%w: item %d", ErrMalformed, tag)
	case !ed25519.Verify(u.Head.Key, endMessage(u.sum), body):
		return nil, ErrForged
	}
	switch _, err := u.in.ReadByte(); {
	case err == nil:
		return nil, fmt.Errorf("%w: something follows its end", ErrMalformed)
	case !errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil, io.EOF
}

// each opens a parcel and calls visit for every message. It reports what opening and reading do, and what visit does.
func each(r io.Reader, own Identity, check func(Head) error, visit func(wire.Message) error) (Head, error) {
	u, err := newUnpacker(r, own)
	if err != nil {
		return Head{}, err
	}
	if err := check(u.Head); err != nil {
		return u.Head, err
	}
	for {
		m, err := u.next()
		if errors.Is(err, io.EOF) {
			return u.Head, nil
		}
		if err == nil {
			err = visit(m)
		}
		if err != nil {
			return u.Head, err
		}
	}
}
