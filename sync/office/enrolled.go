package office

import (
	"bytes"
	"crypto/ed25519"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
)

// The refusals of acts about who may speak. Frozen.
const (
	RefusedCode    = "wrong-code"
	RefusedExpired = "expired"
	RefusedUsed    = "used"
	RefusedReplace = "replace"
	RefusedRevoked = "revoked"
	RefusedLedger  = "ledger"
)

// Enrolled gives a centre's box the certificate that was made for it, and shuts out every earlier one of the centre.
// The answer's body is a Grant.
type Enrolled struct {
	Centre id.Centre `cbor:"1,keyasint"`
	Secret []byte    `cbor:"2,keyasint"` // hash of the code's secret
	Digest []byte    `cbor:"3,keyasint"` // of the request: the same one again is given the same certificate
	Serial []byte    `cbor:"4,keyasint"` // of the certificate
	Certs  [][]byte  `cbor:"5,keyasint"` // the certificate and its issuer's, DER
	Nonce  []byte    `cbor:"6,keyasint"` // of the box's incarnation; empty for a box without a ledger
	Key    []byte    `cbor:"7,keyasint"` // its checkpoint key
	Until  int64     `cbor:"8,keyasint"` // end of the certificate, milliseconds
	At     int64     `cbor:"9,keyasint"` // headquarters' time, milliseconds
}

// Grant is the certificate that a box is given, and the incarnation it goes with.
type Grant struct {
	Certs [][]byte `cbor:"1,keyasint"`
	Nonce []byte   `cbor:"2,keyasint"`
}

// ReadGrant reads the body of an answer. It reports ErrAct.
func ReadGrant(body []byte) (Grant, error) {
	var g Grant
	if err := decoding.Unmarshal(body, &g); err != nil {
		return g, fmt.Errorf("%w: grant: %w", ErrAct, err)
	}
	return g, nil
}

func (Enrolled) tag() byte { return tagEnrolled }

func (a Enrolled) check() error {
	if len(a.Nonce) != 0 && !chain.IsName(a.Nonce) {
		return errors.New("a nonce has 16 bytes, a successor's 8 more")
	}
	if len(a.Secret) != hashBytes {
		return errors.New("a secret's hash has 32 bytes")
	}
	return checkCertificate(a.Centre, a.Digest, a.Serial, a.Certs, a.Key, a.At)
}

func checkCertificate(centre id.Centre, digest, serial []byte, certs [][]byte, key []byte, at int64) error {
	switch {
	case len(digest) != hashBytes:
		return errors.New("a digest has 32 bytes")
	case len(serial) == 0 || len(serial) > serialBytesMax:
		return errors.New("a serial number has 1 to 20 bytes")
	case len(certs) == 0 || len(certs) > certsMax:
		return errors.New("a certificate comes alone or with its issuer's")
	case len(key) != ed25519.PublicKeySize:
		return errors.New("a key has 32 bytes")
	case at <= 0:
		return errors.New("no time")
	}
	return centre.Check()
}

func (a Enrolled) apply(b *bolt.Bucket, _ uint64) (archive.Answer, error) {
	c, ok, err := get[code](b, codesName, []byte(a.Centre))
	if err != nil {
		return archive.Answer{}, err
	}
	if refused := a.judge(c, ok); refused != nil {
		return *refused, nil
	}
	if !c.Replace {
		c.Nonce = a.Nonce
	}
	if len(c.Digest) > 0 {
		return grant(c.Certs, c.Nonce) // the answer was lost: the same again
	}
	if err := a.begin(b, c); err != nil {
		return archive.Answer{}, fmt.Errorf("enrol %s: %w", a.Centre, err)
	}
	return grant(a.Certs, c.Nonce)
}

func (a Enrolled) judge(c code, ok bool) *archive.Answer {
	no := func(code, detail string) *archive.Answer { r := refuse(code, detail); return &r }
	switch {
	case !ok || subtle.ConstantTimeCompare(c.Secret, a.Secret) != 1:
		return no(RefusedCode, fmt.Sprintf("headquarters knows no such code for %s: have it read out again, or ask for a new one", a.Centre))
	case len(c.Digest) > 0 && !bytes.Equal(c.Digest, a.Digest):
		return no(RefusedUsed, "this code has made a certificate, and not for this request: ask headquarters for a new one")
	case len(c.Digest) > 0:
		return nil
	case a.At > c.Expires:
		return no(RefusedExpired, fmt.Sprintf("this code expired on %s: ask headquarters for a new one", time.UnixMilli(c.Expires).UTC().Format(time.RFC1123)))
	case c.Replace && len(a.Nonce) > 0:
		return no(RefusedReplace, "this code is for a box that is made anew: if this one is, run the same command with --replace; if not, ask headquarters for a code without it")
	case !c.Replace && len(a.Nonce) == 0:
		return no(RefusedReplace, "this code is for a box that begins or keeps a ledger of its own: run the same command without --replace, or ask headquarters for a code with it")
	}
	return nil
}

// begin writes the new enrolment. What the centre had before is shut out with it.
func (a Enrolled) begin(b *bolt.Bucket, c code) error {
	e, _, err := get[Enrolment](b, centresName, []byte(a.Centre))
	if err != nil {
		return err
	}
	generation := e.Generation + 1
	c.Digest, c.Certs = a.Digest, a.Certs
	if _, err := shut(b, a.Centre, c.By, "replaced by an enrolment", a.At); err != nil {
		return err
	}
	return errors.Join(
		put(b, codesName, []byte(a.Centre), c),
		put(b, centresName, []byte(a.Centre), Enrolment{
			Generation: generation, Nonce: c.Nonce, Key: a.Key, Replace: c.Replace, At: a.At, By: c.By, Serial: a.Serial, Until: a.Until,
		}),
		put(b, certificatesName, a.Serial, certificate{Centre: a.Centre, Generation: generation, Until: a.Until, At: a.At}),
	)
}

func grant(certs [][]byte, nonce []byte) (archive.Answer, error) {
	body, err := encoding.Marshal(Grant{certs, nonce})
	return archive.Answer{Body: body}, err
}

// Enrolment is a centre's newest enrolment.
type Enrolment struct {
	Generation uint64 `cbor:"1,keyasint"` // from 1; only its certificates count
	Nonce      []byte `cbor:"2,keyasint"` // of the incarnation that the box keeps
	Key        []byte `cbor:"3,keyasint"` // of its checkpoints
	Replace    bool   `cbor:"4,keyasint"` // the box was made anew, and may read its centre's chain back
	At         int64  `cbor:"5,keyasint"`
	By         string `cbor:"6,keyasint"`
	Serial     []byte `cbor:"7,keyasint"` // of the newest certificate
	Until      int64  `cbor:"8,keyasint"` // its end, milliseconds
	Shut       bool   `cbor:"9,keyasint"` // revoked; no certificate of the centre counts until it is enrolled again

	Digest []byte   `cbor:"10,keyasint"` // of the newest renewal
	Certs  [][]byte `cbor:"11,keyasint"` // what it was given
}

// certificate is one that was made here. An issuer's own are not listed.
type certificate struct {
	Centre     id.Centre `cbor:"1,keyasint"`
	Generation uint64    `cbor:"2,keyasint"`
	Until      int64     `cbor:"3,keyasint"`
	At         int64     `cbor:"4,keyasint"`
}

// EnrolmentOf is a centre's newest enrolment; false when it never was enrolled here, nor revoked. B may be nil.
func EnrolmentOf(b *bolt.Bucket, centre id.Centre) (Enrolment, bool, error) {
	return get[Enrolment](b, centresName, []byte(centre))
}

// ErrShut is reported by Admit. Its text says why.
var ErrShut = errors.New("this certificate is not accepted any more")

// Admit reports ErrShut for a certificate that was revoked, or is not of its centre's newest enrolment. Of a centre that
// was never enrolled nor revoked here every certificate counts: they were made by the authority itself. B may be nil.
func Admit(b *bolt.Bucket, centre id.Centre, serial []byte) error {
	r, revoked, err := get[Revocation](b, revokedName, serial)
	switch {
	case err != nil:
		return err
	case revoked:
		return fmt.Errorf("%w: it was revoked on %s: %s", ErrShut, time.UnixMilli(r.At).UTC().Format(time.DateOnly), r.Why)
	}
	e, known, err := EnrolmentOf(b, centre)
	switch {
	case err != nil || !known:
		return err
	case e.Shut:
		return fmt.Errorf("%w: %s was revoked and not enrolled again", ErrShut, centre)
	}
	c, known, err := get[certificate](b, certificatesName, serial)
	switch {
	case err != nil:
		return err
	case !known || c.Centre != centre || c.Generation != e.Generation:
		return fmt.Errorf("%w: %s was enrolled anew on %s", ErrShut, centre, time.UnixMilli(e.At).UTC().Format(time.DateOnly))
	}
	return nil
}

// Succeeds reports whether the centre's newest enrolment names that key for that incarnation, so that its chain goes on
// under it.
func (Office) Succeeds(b *bolt.Bucket, in chain.Incarnation, key ed25519.PublicKey) bool {
	e, ok, err := EnrolmentOf(b, in.Centre)
	return err == nil && ok && !e.Shut && bytes.Equal(e.Nonce, in.Name()) && bytes.Equal(e.Key, key)
}
