package office

import (
	"errors"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
)

// CodeIssued opens enrolment for one box of a centre: whoever has the secret may ask for a certificate, once, until it
// expires. It takes the place of an older code of the centre.
type CodeIssued struct {
	Centre  id.Centre `cbor:"1,keyasint"`
	Secret  []byte    `cbor:"2,keyasint"` // hash of the code's secret, 32 bytes; the secret itself is nowhere
	Expires int64     `cbor:"3,keyasint"` // by headquarters' time, milliseconds
	Replace bool      `cbor:"4,keyasint"` // for a box that is made anew and continues a chain
	Nonce   []byte    `cbor:"5,keyasint"` // of the incarnation it continues; empty otherwise
	By      string    `cbor:"6,keyasint"` // who asked for it
	At      int64     `cbor:"7,keyasint"` // headquarters' time, milliseconds
}

func (CodeIssued) tag() byte { return tagCodeIssued }

func (a CodeIssued) check() error {
	switch {
	case len(a.Secret) != hashBytes:
		return errors.New("a secret's hash has 32 bytes")
	case a.Replace && !chain.IsName(a.Nonce), !a.Replace && len(a.Nonce) != 0:
		return errors.New("a code that replaces names the incarnation, no other does")
	case a.Expires <= a.At || a.At <= 0:
		return errors.New("a code expires after it was made")
	case len(a.By) > byBytesMax:
		return errors.New("the name is too long")
	}
	return a.Centre.Check()
}

func (a CodeIssued) apply(b *bolt.Bucket, _ uint64) (archive.Answer, error) {
	if c, ok, err := get[code](b, codesName, []byte(a.Centre)); err != nil || ok && string(c.Secret) == string(a.Secret) {
		return archive.Answer{}, err // proposed twice
	}
	return archive.Answer{}, put(b, codesName, []byte(a.Centre), code{
		Secret: a.Secret, Expires: a.Expires, Replace: a.Replace, Nonce: a.Nonce, By: a.By, At: a.At,
	})
}

// code is the newest code of a centre.
type code struct {
	Secret  []byte `cbor:"1,keyasint"`
	Expires int64  `cbor:"2,keyasint"`
	Replace bool   `cbor:"3,keyasint"`
	Nonce   []byte `cbor:"4,keyasint"`
	By      string `cbor:"5,keyasint"`
	At      int64  `cbor:"6,keyasint"`

	Digest []byte   `cbor:"7,keyasint"` // of the request that used it; empty while it is open
	Certs  [][]byte `cbor:"8,keyasint"` // what that request was given
}
