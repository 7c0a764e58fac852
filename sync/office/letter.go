package office

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/id"
	"markaz.example/edge/letter"
	"markaz.example/sync/archive"
	"markaz.example/sync/wire"
)

// Letter is a letter as an act carries it: whoever proposes it has given it the number that it saw to be the next, and
// signed that.
type Letter struct {
	Number    uint64 `cbor:"1,keyasint"`
	Kind      string `cbor:"2,keyasint"`
	Body      []byte `cbor:"3,keyasint"`
	Wall      int64  `cbor:"4,keyasint"`
	Signature []byte `cbor:"5,keyasint"`
}

// LetterPosted puts a letter into a centre's post.
type LetterPosted struct {
	Centre id.Centre `cbor:"1,keyasint"`
	Letter Letter    `cbor:"2,keyasint"`
}

// CodeNumber is the refusal of a letter whose number is not the next: another was posted meanwhile. The answer's body
// is the next number: sign it anew with that.
const CodeNumber = "letter-number"

var (
	letterBuckets = []byte("letter/") // then the centre
	postedKey     = []byte("posted")  // how many letters there are in all
)

func (LetterPosted) tag() byte { return tagLetterPosted }

func (a LetterPosted) check() error { return errors.Join(a.Centre.Check(), a.Letter.check()) }

func (l Letter) check() error {
	switch {
	case l.Number == 0:
		return errors.New("letter 0, the first is 1")
	case l.Kind == "" || len(l.Kind) > kindBytesMax:
		return fmt.Errorf("kind of %d bytes, want 1 to %d", len(l.Kind), kindBytesMax)
	case len(l.Body) == 0 || len(l.Body) > letter.BytesMax:
		return fmt.Errorf("body of %d bytes, want 1 to %d", len(l.Body), letter.BytesMax)
	case len(l.Signature) != ed25519.SignatureSize:
		return fmt.Errorf("signature of %d bytes, want %d", len(l.Signature), ed25519.SignatureSize)
	}
	return nil
}

func (a LetterPosted) apply(b *bolt.Bucket, _ uint64) (archive.Answer, error) {
	if refused := a.Letter.fits(b, a.Centre); refused != nil {
		return *refused, nil
	}
	return archive.Answer{}, a.Letter.post(b, a.Centre)
}

// fits refuses a letter that is not the next; the very letter that is there already fits.
func (l Letter) fits(b *bolt.Bucket, centre id.Centre) *archive.Answer {
	own := b.Bucket(letterBucket(centre))
	if own == nil {
		return l.follows(0)
	}
	if had := own.Get(number(l.Number)); had != nil {
		if mine, err := encoding.Marshal(l); err == nil && bytes.Equal(had, mine) {
			return nil
		}
	}
	return l.follows(lastNumber(own))
}

func (l Letter) follows(last uint64) *archive.Answer {
	if l.Number == last+1 {
		return nil
	}
	refused := refuse(CodeNumber, fmt.Sprintf("letter %d, the next is %d: sign it anew", l.Number, last+1))
	refused.Body = number(last + 1)
	return &refused
}

// post keeps a letter that fits.
func (l Letter) post(b *bolt.Bucket, centre id.Centre) error {
	own, err := b.CreateBucketIfNotExists(letterBucket(centre))
	if err != nil || own.Get(number(l.Number)) != nil {
		return err
	}
	v, err := encoding.Marshal(l)
	if err != nil {
		return err
	}
	if err := own.Put(number(l.Number), v); err != nil {
		return err
	}
	return b.Put(postedKey, number(count(b, postedKey)+1))
}

func letterBucket(centre id.Centre) []byte {
	return append(letterBuckets[:len(letterBuckets):len(letterBuckets)], centre...)
}

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// Number is the number that an act's answer gives; 0 of an answer without one.
func Number(body []byte) uint64 {
	if len(body) != 8 {
		return 0
	}
	return numberOf(body)
}

func numberOf(k []byte) uint64 { return binary.BigEndian.Uint64(k) }

func count(b *bolt.Bucket, key []byte) uint64 {
	if v := b.Get(key); len(v) == 8 {
		return binary.BigEndian.Uint64(v)
	}
	return 0
}

func lastNumber(own *bolt.Bucket) uint64 {
	k, _ := own.Cursor().Last()
	if len(k) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(k)
}

// View shows the committed office: archive.Archive.ViewOffice.
type View func(look func(b *bolt.Bucket) error) error

// LastLetter is the newest letter to a centre; 0 before the first.
func LastLetter(view View, centre id.Centre) (last uint64, err error) {
	err = view(func(b *bolt.Bucket) error {
		if own := sub(b, letterBucket(centre)); own != nil {
			last = lastNumber(own)
		}
		return nil
	})
	return last, err
}

// Letters are the letters to a centre after a number, in order, at most limit.
func Letters(view View, centre id.Centre, after uint64, limit int) (out []wire.Letter, err error) {
	err = view(func(b *bolt.Bucket) error {
		own := sub(b, letterBucket(centre))
		if own == nil {
			return nil
		}
		c := own.Cursor()
		for k, v := c.Seek(number(after + 1)); k != nil && len(out) < limit; k, v = c.Next() {
			var l Letter
			if err := decoding.Unmarshal(v, &l); err != nil {
				return fmt.Errorf("%w: letter %x to %s: %w", archive.ErrDamaged, k, centre, err)
			}
			out = append(out, wire.Letter(l))
		}
		return nil
	})
	return out, err
}

// Posted is how many letters there are in all: when it rises somebody has post.
func Posted(view View) (n uint64, err error) {
	err = view(func(b *bolt.Bucket) error {
		if b != nil {
			n = count(b, postedKey)
		}
		return nil
	})
	return n, err
}

// sub is a bucket of an office that may have none yet.
func sub(b *bolt.Bucket, name []byte) *bolt.Bucket {
	if b == nil {
		return nil
	}
	return b.Bucket(name)
}
