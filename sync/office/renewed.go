package office

import (
	"bytes"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
)

// Renewed gives a box a new certificate in the place of one that still counts. A centre whose certificate the authority
// made itself is enrolled by it. The answer's body is a Grant.
type Renewed struct {
	Centre id.Centre `cbor:"1,keyasint"`
	Old    []byte    `cbor:"2,keyasint"` // serial number of the certificate that was shown
	Digest []byte    `cbor:"3,keyasint"` // of the new key's request: the same one again is given the same certificate
	Serial []byte    `cbor:"4,keyasint"`
	Certs  [][]byte  `cbor:"5,keyasint"`
	Nonce  []byte    `cbor:"6,keyasint"`
	Key    []byte    `cbor:"7,keyasint"` // the checkpoint key that signed the request
	Until  int64     `cbor:"8,keyasint"`
	At     int64     `cbor:"9,keyasint"`
}

func (Renewed) tag() byte { return tagRenewed }

func (a Renewed) check() error {
	switch {
	case !chain.IsName(a.Nonce):
		return errors.New("a nonce has 16 bytes, a successor's 8 more")
	case len(a.Old) == 0 || len(a.Old) > serialBytesMax:
		return errors.New("a serial number has 1 to 20 bytes")
	}
	return checkCertificate(a.Centre, a.Digest, a.Serial, a.Certs, a.Key, a.At)
}

func (a Renewed) apply(b *bolt.Bucket, _ uint64) (archive.Answer, error) {
	err := Admit(b, a.Centre, a.Old)
	if errors.Is(err, ErrShut) {
		return refuse(RefusedRevoked, err.Error()), nil
	}
	e, known, err2 := EnrolmentOf(b, a.Centre)
	if err := errors.Join(err, err2); err != nil {
		return archive.Answer{}, err
	}
	switch {
	case !known:
		e = Enrolment{Generation: 1, Nonce: a.Nonce, Key: a.Key, At: a.At, By: "renewal"}
	case !bytes.Equal(e.Nonce, a.Nonce) || !bytes.Equal(e.Key, a.Key):
		return refuse(RefusedLedger, "the box was enrolled with another ledger or key: enrol it again"), nil
	case bytes.Equal(e.Digest, a.Digest):
		return grant(e.Certs, e.Nonce) // the answer was lost: the same again
	}
	e.Serial, e.Until, e.Digest, e.Certs = a.Serial, a.Until, a.Digest, a.Certs
	err = errors.Join(
		put(b, centresName, []byte(a.Centre), e),
		put(b, certificatesName, a.Serial, certificate{Centre: a.Centre, Generation: e.Generation, Until: a.Until, At: a.At}),
	)
	if err == nil && !known {
		// The old certificate stays good until the box has the new one.
		err = put(b, certificatesName, a.Old, certificate{Centre: a.Centre, Generation: e.Generation, At: a.At})
	}
	if err != nil {
		return archive.Answer{}, fmt.Errorf("renew %s: %w", a.Centre, err)
	}
	return grant(a.Certs, e.Nonce)
}
