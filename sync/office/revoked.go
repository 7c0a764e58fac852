package office

import (
	"bytes"
	"encoding/binary"
	"errors"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/id"
	"markaz.example/sync/archive"
)

// Revoked shuts out one certificate, or all that a centre has together with its open code. The answer's body is how many
// listed certificates it ended, 8 bytes.
type Revoked struct {
	Centre     id.Centre `cbor:"1,keyasint"` // or empty
	Generation uint64    `cbor:"2,keyasint"` // of the centre's enrolment that is meant; a newer one stays
	Serial     []byte    `cbor:"3,keyasint"` // or empty
	By         string    `cbor:"4,keyasint"`
	Why        string    `cbor:"5,keyasint"`
	At         int64     `cbor:"6,keyasint"`
}

func (Revoked) tag() byte { return tagRevoked }

func (a Revoked) check() error {
	switch {
	case (a.Centre == "") == (len(a.Serial) == 0):
		return errors.New("either a centre or a certificate is revoked")
	case len(a.Serial) > serialBytesMax:
		return errors.New("a serial number has 1 to 20 bytes")
	case a.Why == "" || len(a.Why) > whyBytesMax || len(a.By) > byBytesMax:
		return errors.New("a revocation needs a reason, of a sentence or two")
	case a.At <= 0:
		return errors.New("no time")
	case a.Centre != "":
		return a.Centre.Check()
	}
	return nil
}

func (a Revoked) apply(b *bolt.Bucket, _ uint64) (archive.Answer, error) {
	if a.Centre == "" {
		n, err := shutOne(b, a.Serial, Revocation{By: a.By, Why: a.Why, At: a.At})
		return ended(n), err
	}
	e, _, err := EnrolmentOf(b, a.Centre)
	if err != nil || e.Generation != a.Generation {
		return ended(0), err // proposed twice, and the centre was enrolled in between
	}
	n, err := shut(b, a.Centre, a.By, a.Why, a.At)
	if err != nil {
		return archive.Answer{}, err
	}
	e.Shut = true
	return ended(n), errors.Join(put(b, centresName, []byte(a.Centre), e), drop(b, codesName, []byte(a.Centre)))
}

func ended(n int) archive.Answer {
	return archive.Answer{Body: binary.BigEndian.AppendUint64(nil, uint64(n))}
}

// Revocation is why a certificate does not count.
type Revocation struct {
	Centre id.Centre `cbor:"1,keyasint"` // empty when it is not known whose it was
	By     string    `cbor:"2,keyasint"`
	Why    string    `cbor:"3,keyasint"`
	At     int64     `cbor:"4,keyasint"`
}

// shut revokes every listed certificate of a centre that is not yet.
func shut(b *bolt.Bucket, centre id.Centre, by, why string, at int64) (n int, err error) {
	var serials [][]byte
	err = each(b, certificatesName, func(serial []byte, c certificate) error {
		if c.Centre == centre {
			serials = append(serials, bytes.Clone(serial))
		}
		return nil
	})
	for _, s := range serials {
		one, oneErr := shutOne(b, s, Revocation{Centre: centre, By: by, Why: why, At: at})
		n, err = n+one, errors.Join(err, oneErr)
	}
	return n, err
}

// shutOne keeps the first reason.
func shutOne(b *bolt.Bucket, serial []byte, r Revocation) (int, error) {
	if _, already, err := get[Revocation](b, revokedName, serial); already || err != nil {
		return 0, err
	}
	return 1, put(b, revokedName, serial, r)
}
