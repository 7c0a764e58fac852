package enrol

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/fxamacker/cbor/v2"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
)

// Where the registrar takes requests: POST with CBOR, answered with an Answer or a Challenge.
const (
	PathEnrol     = "/enrol"
	PathChallenge = "/renew/challenge"
	PathRenew     = "/renew"
	ContentType   = "application/cbor"
)

// What Decode and Check report.
var (
	ErrMessage   = errors.New("not a message of enrolment")
	ErrSignature = errors.New("the request is not signed by the key it names")
)

// Request asks for the first certificate of a box. The box signs it with its checkpoint key.
type Request struct {
	Version  uint      `cbor:"1,keyasint"`
	Secret   []byte    `cbor:"2,keyasint"` // of the code
	Centre   id.Centre `cbor:"3,keyasint"`
	CSR      []byte    `cbor:"4,keyasint"` // PKCS#10, DER
	Replace  bool      `cbor:"5,keyasint"` // the box has no ledger: it will ask for its centre's
	Nonce    []byte    `cbor:"6,keyasint"` // of its ledger's incarnation, as chain.Incarnation.Name gives it; empty to replace
	Key      []byte    `cbor:"7,keyasint"` // its checkpoint key, public
	Seq      uint64    `cbor:"8,keyasint"` // its ledger's head
	Hash     []byte    `cbor:"9,keyasint"` // of the head; empty to replace
	Software string    `cbor:"10,keyasint"`

	Signature []byte `cbor:"11,keyasint"` // by Key, over the message with this field empty
}

// Answer is a certificate, or why there is none.
type Answer struct {
	Certs [][]byte `cbor:"1,keyasint"` // DER: the certificate, its issuer's
	Post  []byte   `cbor:"2,keyasint"` // headquarters' public key for what it sends down; may be empty
	Nonce []byte   `cbor:"3,keyasint"` // of the incarnation that the certificate goes with
	Wall  int64    `cbor:"4,keyasint"` // headquarters' time, milliseconds

	Code   string `cbor:"5,keyasint"` // of a refusal; empty when there is a certificate
	Detail string `cbor:"6,keyasint"` // for the technician: what was wrong and what to do

	Parcel string `cbor:"7,keyasint,omitempty"` // whom parcels to headquarters are sealed to; may be empty
}

// Ask opens a renewal.
type Ask struct {
	Version uint     `cbor:"1,keyasint"`
	Certs   [][]byte `cbor:"2,keyasint"` // as in Answer: what is to be renewed
	Nonce   []byte   `cbor:"3,keyasint"` // of the box's incarnation
}

// Challenge is what the box has to show.
type Challenge struct {
	Token  []byte `cbor:"1,keyasint"` // goes back as it came
	Seq    uint64 `cbor:"2,keyasint"` // the record whose hash is wanted; 0 for the genesis
	Wall   int64  `cbor:"3,keyasint"` // headquarters' time, milliseconds
	Code   string `cbor:"4,keyasint"` // of a refusal
	Detail string `cbor:"5,keyasint"`
}

// Renewal answers a challenge. Both of the box's keys sign it.
type Renewal struct {
	Version    uint     `cbor:"1,keyasint"`
	Token      []byte   `cbor:"2,keyasint"`
	Certs      [][]byte `cbor:"3,keyasint"`
	CSR        []byte   `cbor:"4,keyasint"` // of the new key
	Nonce      []byte   `cbor:"5,keyasint"`
	Key        []byte   `cbor:"6,keyasint"`  // the checkpoint key, public
	Seq        uint64   `cbor:"7,keyasint"`  // the box's head
	Hash       []byte   `cbor:"8,keyasint"`  // of the head
	Wall       int64    `cbor:"9,keyasint"`  // the box's belief, milliseconds
	Checkpoint []byte   `cbor:"10,keyasint"` // its signature over the head, as of a batch
	Shown      []byte   `cbor:"11,keyasint"` // hash of the record that was asked for

	ByLedger []byte `cbor:"12,keyasint"` // by the checkpoint key, over the message with both signatures empty
	ByTLS    []byte `cbor:"13,keyasint"` // by the key of the certificate that is renewed, over the same
}

// The codes of a refusal. Frozen.
const (
	CodeClosed    = "closed"     // this headquarters does not enrol
	CodeMalformed = "malformed"  // the request cannot be read or its signatures do not fit
	CodeWrong     = "wrong-code" // no such code
	CodeExpired   = "expired"    // the code is too old
	CodeUsed      = "used"       // the code made another certificate
	CodeCentre    = "centre"     // the code is for another centre, or the centre is not on the list
	CodeReplace   = "replace"    // a code for a replacement and a box with a ledger, or the other way round
	CodeLedger    = "ledger"     // the box's chain contradicts what headquarters holds, or its key is another
	CodeRevoked   = "revoked"    // the certificate may not be renewed any more
	CodeStale     = "stale"      // the challenge is too old or another node's: ask again
	CodeMany      = "many"       // too many tries: later
	CodeBusy      = "busy"       // headquarters cannot decide now: later
)

var (
	encoding = must(cbor.CoreDetEncOptions().EncMode())
	decoding = must(cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		MaxNestedLevels: nestingMax, MaxArrayElements: elementsMax, MaxMapPairs: elementsMax, UTF8: cbor.UTF8RejectInvalid,
	}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic("BUG: options of enrolment: " + err.Error())
	}
	return v
}

// Message is one of the five.
type Message interface {
	Request | Answer | Ask | Challenge | Renewal
	Check() error
}

// Encode gives a message's bytes. It reports ErrMessage.
func Encode[M Message](m M) ([]byte, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	return encoding.Marshal(m)
}

// Decode reads a message of at most messageBytesMax. It reports ErrMessage.
func Decode[M Message](r io.Reader) (m M, err error) {
	b, err := io.ReadAll(io.LimitReader(r, messageBytesMax+1))
	switch {
	case err != nil:
		return m, fmt.Errorf("read %T: %w", m, err)
	case len(b) > messageBytesMax:
		return m, fmt.Errorf("%w: more than %d bytes", ErrMessage, messageBytesMax)
	}
	if err := decoding.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("%w: %T: %w", ErrMessage, m, err)
	}
	return m, m.Check()
}

// Check reports ErrMessage.
func (r Request) Check() error {
	bare := len(r.Nonce) == 0 && len(r.Hash) == 0 && r.Seq == 0
	whole := chain.IsName(r.Nonce) && len(r.Hash) == sha256.Size
	return checkAll("request",
		r.Version >= 1, len(r.Secret) == secretBytes, r.Centre.Check() == nil, sized(r.CSR, certBytesMax),
		r.Replace && bare || !r.Replace && whole,
		len(r.Key) == ed25519.PublicKeySize, len(r.Software) <= softwareMax, signed(r.Signature))
}

// Check reports ErrMessage.
func (a Answer) Check() error {
	refused := a.Code != "" && len(a.Certs) == 0
	given := a.Code == "" && checkCerts(a.Certs) && chain.IsName(a.Nonce)
	return checkAll("answer", refused || given, len(a.Code) <= codeBytesMax, len(a.Detail) <= detailBytesMax,
		len(a.Post) == 0 || len(a.Post) == ed25519.PublicKeySize, a.Wall >= 0, len(a.Parcel) <= parcelBytesMax)
}

func (a Answer) refused() (code, detail string)    { return a.Code, a.Detail }
func (c Challenge) refused() (code, detail string) { return c.Code, c.Detail }

// Check reports ErrMessage.
func (a Ask) Check() error {
	return checkAll("ask", a.Version >= 1, checkCerts(a.Certs), chain.IsName(a.Nonce))
}

// Check reports ErrMessage.
func (c Challenge) Check() error {
	return checkAll("challenge", c.Code != "" || len(c.Token) > 0, len(c.Token) <= challengeMax,
		len(c.Code) <= codeBytesMax, len(c.Detail) <= detailBytesMax, c.Wall >= 0)
}

// Check reports ErrMessage.
func (r Renewal) Check() error {
	return checkAll("renewal",
		r.Version >= 1, sized(r.Token, challengeMax), checkCerts(r.Certs), sized(r.CSR, certBytesMax),
		chain.IsName(r.Nonce), len(r.Key) == ed25519.PublicKeySize, len(r.Hash) == sha256.Size,
		len(r.Shown) == sha256.Size, signed(r.Checkpoint), signed(r.ByLedger), signed(r.ByTLS))
}

func checkAll(what string, holds ...bool) error {
	for i, h := range holds {
		if !h {
			return fmt.Errorf("%w: %s, rule %d of its Check", ErrMessage, what, i+1)
		}
	}
	return nil
}

func sized(b []byte, limit int) bool { return len(b) > 0 && len(b) <= limit }
func signed(b []byte) bool           { return len(b) == ed25519.SignatureSize }

func checkCerts(ders [][]byte) bool {
	for _, der := range ders {
		if !sized(der, certBytesMax) {
			return false
		}
	}
	return len(ders) > 0 && len(ders) <= certsMax
}

// Digest names what a request asks for, the same however often it is asked.
func (r Request) Digest() [sha256.Size]byte {
	b := must(encoding.Marshal(Request{
		Version: r.Version, Secret: r.Secret, Centre: r.Centre, CSR: r.CSR, Replace: r.Replace, Nonce: r.Nonce, Key: r.Key,
	}))
	return sha256.Sum256(append([]byte("markaz enrolment request 1\n"), b...))
}

// Sign signs with the checkpoint key.
func (r Request) Sign(key ed25519.PrivateKey) Request {
	r.Key = key.Public().(ed25519.PublicKey)
	r.Signature = ed25519.Sign(key, r.message())
	return r
}

// Verify reports ErrSignature.
func (r Request) Verify() error {
	if !ed25519.Verify(r.Key, r.message(), r.Signature) {
		return ErrSignature
	}
	return nil
}

func (r Request) message() []byte {
	r.Signature = nil
	return append([]byte("markaz enrolment 1\n"), must(encoding.Marshal(r))...)
}

// Sign signs with both keys.
func (r Renewal) Sign(ledger ed25519.PrivateKey, tls crypto.Signer) (Renewal, error) {
	r.Key = ledger.Public().(ed25519.PublicKey)
	m := r.message()
	by, err := tls.Sign(nil, m, crypto.Hash(0))
	r.ByLedger, r.ByTLS = ed25519.Sign(ledger, m), by
	return r, err
}

// Verify checks both signatures, and that of the head. It reports ErrSignature.
func (r Renewal) Verify(tls crypto.PublicKey, centre id.Centre) error {
	key, ok := tls.(ed25519.PublicKey)
	m := r.message()
	if !ok || !ed25519.Verify(key, m, r.ByTLS) || !ed25519.Verify(r.Key, m, r.ByLedger) {
		return ErrSignature
	}
	if err := r.Head(centre).Verify(r.Key); err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	return nil
}

// Head is the signed head of the box's chain.
func (r Renewal) Head(centre id.Centre) chain.Checkpoint {
	c := chain.Checkpoint{Incarnation: Incarnation(centre, r.Nonce), Wall: r.Wall}
	c.Position = chain.Position{Seq: r.Seq, Hash: chain.Hash(r.Hash)}
	copy(c.Signature[:], r.Checkpoint)
	return c
}

func (r Renewal) message() []byte {
	r.ByLedger, r.ByTLS = nil, nil
	return append([]byte("markaz renewal 1\n"), must(encoding.Marshal(r))...)
}

// Incarnation is a centre's, of that name; without a nonce for what is no name.
func Incarnation(centre id.Centre, name []byte) chain.Incarnation {
	in, err := chain.Named(centre, name)
	if err != nil {
		return chain.Incarnation{Centre: centre}
	}
	return in
}
