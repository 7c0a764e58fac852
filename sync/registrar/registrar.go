package registrar

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/enrol"
	"markaz.example/sync/office"
	"markaz.example/sync/roster"
)

// Group puts acts of the office into the order of all entries. Any goroutine may call it.
type Group interface {
	Propose(ctx context.Context, act []byte) (archive.Answer, error)
	// CatchUp returns when this node has everything that was acknowledged before.
	CatchUp(ctx context.Context) error
}

// Chains is what is held. Any goroutine may call it.
type Chains interface {
	Chains() []archive.Chain
	Chain(in chain.Incarnation) (archive.Chain, bool)
	HashAt(in chain.Incarnation, seq uint64) (chain.Hash, error)
}

// Config is what a Registrar needs; all of it but where it says otherwise.
type Config struct {
	Gate
	Issuer *roster.Issuer // nil where this node does not make certificates: then every request is refused
	Group  Group
	Chains Chains
	Post   ed25519.PublicKey // for what comes down; may be nil
	Parcel string            // whom parcels to headquarters are sealed to; may be empty
	Now    func() time.Time
	Log    *slog.Logger
}

// Registrar serves boxes that come for a certificate, and the people who send them. Any goroutine may call it.
type Registrar struct {
	Config

	secret    []byte // of this run, for challenges
	addresses turnstile
	centres   turnstile
}

// New makes a Registrar.
func New(c Config) *Registrar {
	r := &Registrar{Config: c, secret: make([]byte, sha256.Size)}
	rand.Read(r.secret)
	r.addresses.limit, r.centres.limit = triesAddress, triesCentre
	return r
}

// Routes puts the registrar's paths into a server's.
func (r *Registrar) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST "+enrol.PathEnrol, serve(r, r.enrol, func(n no) enrol.Answer {
		return enrol.Answer{Code: n.code, Detail: n.detail, Wall: r.Now().UnixMilli()}
	}))
	mux.HandleFunc("POST "+enrol.PathChallenge, serve(r, r.challenge, func(n no) enrol.Challenge {
		return enrol.Challenge{Code: n.code, Detail: n.detail, Wall: r.Now().UnixMilli()}
	}))
	mux.HandleFunc("POST "+enrol.PathRenew, serve(r, r.renew, func(n no) enrol.Answer {
		return enrol.Answer{Code: n.code, Detail: n.detail, Wall: r.Now().UnixMilli()}
	}))
}

// no is a refusal.
type no struct{ code, detail string }

func (n no) Error() string { return n.code + ": " + n.detail }

func refuse(code, format string, args ...any) error { return no{code, fmt.Sprintf(format, args...)} }

// serve answers one message with another. A browser has no business here.
func serve[Q, A enrol.Message](r *Registrar, do func(context.Context, Q) (A, error), say func(no) A) http.HandlerFunc {
	return func(w http.ResponseWriter, h *http.Request) {
		if h.Header.Get("Origin") != "" {
			http.Error(w, "this door is for boxes", http.StatusForbidden)
			return
		}
		// Whoever sends a body by drops holds nothing for long. Where the deadline cannot be set, a test is the server.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyMax))
		answer, err := try(r, h, do)
		if err != nil {
			refusal := r.refusal(err)
			r.Log.Warn("certificate refused", "peer", h.RemoteAddr, "path", h.URL.Path, "code", refusal.code, "err", err)
			answer = say(refusal)
		}
		b, err := enrol.Encode(answer)
		if err != nil {
			r.Log.Error("answer a box", "err", err)
			http.Error(w, "headquarters cannot answer", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", enrol.ContentType)
		_, _ = w.Write(b) // a box that has gone asks again
	}
}

func try[Q, A enrol.Message](r *Registrar, h *http.Request, do func(context.Context, Q) (A, error)) (a A, err error) {
	if !r.addresses.pass(block(h.RemoteAddr), r.Now()) {
		return a, refuse(enrol.CodeMany, "too many tries from this address: wait a minute")
	}
	if r.Issuer == nil {
		return a, refuse(enrol.CodeClosed, "this headquarters makes no certificates: give it an issuer, [enrolment] in its configuration")
	}
	q, err := enrol.Decode[Q](h.Body)
	if err != nil {
		return a, refuse(enrol.CodeMalformed, "%v", err)
	}
	ctx, cancel := context.WithTimeout(h.Context(), proposeMax)
	defer cancel()
	// A node that lags would not know the code that was read out a moment ago, and would ask for records that are old.
	if err := r.Group.CatchUp(ctx); err != nil {
		return a, err
	}
	return do(ctx, q)
}

// refusal is what a box is told. What is wrong inside headquarters stays there.
func (r *Registrar) refusal(err error) no {
	if n, ok := errors.AsType[no](err); ok {
		n.detail = strings.ToValidUTF8(n.detail[:min(len(n.detail), detailMax)], "")
		return n
	}
	return no{enrol.CodeBusy, "headquarters cannot decide now: try again in a minute"}
}

// propose puts an act into order. A refusal of the office is one for the box.
func (r *Registrar) propose(ctx context.Context, act office.Act) ([]byte, error) {
	b, err := office.Encode(act)
	if err != nil {
		return nil, err
	}
	answer, err := r.Group.Propose(ctx, b)
	if err != nil {
		return nil, err
	}
	if answer.Refused != "" {
		return nil, no{answer.Refused, answer.Detail}
	}
	return answer.Body, nil
}

// granted is the answer to a box whose act was taken.
func (r *Registrar) granted(body []byte) (enrol.Answer, error) {
	g, err := office.ReadGrant(body)
	if err != nil {
		return enrol.Answer{}, err
	}
	return enrol.Answer{Certs: g.Certs, Nonce: g.Nonce, Post: r.Post, Parcel: r.Parcel, Wall: r.Now().UnixMilli()}, nil
}

// enrol turns a code into a certificate.
func (r *Registrar) enrol(ctx context.Context, q enrol.Request) (enrol.Answer, error) {
	if !r.centres.pass(string(q.Centre), r.Now()) {
		return enrol.Answer{}, refuse(enrol.CodeMany, "too many tries for %s: wait a minute", q.Centre)
	}
	secret := enrol.SecretHash(q.Secret)
	if err := r.mayEnrol(q, secret[:]); err != nil {
		return enrol.Answer{}, err
	}
	now := r.Now()
	pair, err := r.Issuer.Sign(q.CSR, q.Centre, now)
	if errors.Is(err, roster.ErrRequest) {
		return enrol.Answer{}, refuse(enrol.CodeMalformed, "%v", err)
	}
	if err != nil {
		return enrol.Answer{}, err
	}
	digest := q.Digest()
	body, err := r.propose(ctx, office.Enrolled{
		Centre: q.Centre, Secret: secret[:], Digest: digest[:], Serial: pair.Cert.SerialNumber.Bytes(), Certs: pair.Chain(),
		Nonce: q.Nonce, Key: q.Key, Until: pair.Cert.NotAfter.UnixMilli(), At: now.UnixMilli(),
	})
	if err != nil {
		return enrol.Answer{}, err
	}
	r.Log.Info("a box is enrolled", "centre", q.Centre, "serial", fmt.Sprintf("%x", pair.Cert.SerialNumber), "replaces", q.Replace, "software", q.Software)
	return r.granted(body)
}

// mayEnrol checks what the office does not see. Whoever does not have the secret learns nothing else.
func (r *Registrar) mayEnrol(q enrol.Request, secret []byte) error {
	opens, err := r.Register.Opens(q.Centre, secret)
	switch {
	case err != nil:
		return err
	case !opens:
		return refuse(enrol.CodeWrong, "headquarters knows no such code for %s: look at centre.code in the box's configuration, "+
			"have the code read out again, or ask for a new one", q.Centre)
	}
	if err := q.Verify(); err != nil {
		return refuse(enrol.CodeMalformed, "%v", err)
	}
	if _, ok := r.Roster.Centre(q.Centre); !ok {
		return refuse(enrol.CodeCentre, "%s is not on headquarters' list of centres", q.Centre)
	}
	if q.Replace {
		return nil
	}
	return r.agrees(enrol.Incarnation(q.Centre, q.Nonce), chain.Position{Seq: q.Seq, Hash: chain.Hash(q.Hash)})
}

// agrees checks that a box's head does not contradict what is held of its chain, and is not behind it.
func (r *Registrar) agrees(in chain.Incarnation, head chain.Position) error {
	c, known := r.Chains.Chain(in)
	if !known {
		return nil
	}
	if head.Seq < c.Held.Seq {
		return refuse(enrol.CodeLedger, "the box's ledger ends at record %d, and headquarters holds %d of it: it is an older copy. "+
			"Let it go on in a new incarnation with markaz restore --here, or have it read back from headquarters, with a code to replace", head.Seq, c.Held.Seq)
	}
	if head.Seq == c.Held.Seq && head.Hash != c.Held.Hash {
		return refuse(enrol.CodeLedger, "the box's ledger contradicts what headquarters holds at record %d", head.Seq)
	}
	return nil
}

// proves checks which centre and incarnation a certificate that is to be renewed stands for.
func (r *Registrar) proves(certs [][]byte, nonce []byte) (roster.Pair, chain.Incarnation, error) {
	var in chain.Incarnation
	pair, err := roster.ParseChain(certs)
	var centre id.Centre
	if err == nil {
		centre, err = roster.VerifyBox(pair, r.Issuer.Root(), r.Now())
	}
	if err != nil {
		return pair, in, refuse(enrol.CodeMalformed, "%v", err)
	}
	if !r.centres.pass("renewal of "+string(centre), r.Now()) { // apart: anybody may try codes
		return pair, in, refuse(enrol.CodeMany, "too many tries for %s: wait a minute", centre)
	}
	switch _, err := r.Admit(pair.Cert); {
	case errors.Is(err, office.ErrShut):
		return pair, in, refuse(enrol.CodeRevoked, "%v: enrol the box again", err)
	case errors.Is(err, roster.ErrUnknownCentre):
		return pair, in, refuse(enrol.CodeCentre, "%v", err)
	case err != nil:
		return pair, in, err
	}
	in = enrol.Incarnation(centre, nonce)
	return pair, in, r.known(in)
}

// known checks that a chain is the one of the centre's enrolment, or, where there is none, held.
func (r *Registrar) known(in chain.Incarnation) error {
	e, enrolled, err := r.Register.Enrolment(in.Centre)
	if err != nil {
		return err
	}
	_, held := r.Chains.Chain(in)
	if enrolled && !bytes.Equal(e.Nonce, in.Name()) || !enrolled && !held {
		return refuse(enrol.CodeLedger, "headquarters does not know this ledger as the one of %s: enrol the box again", in.Centre)
	}
	return nil
}
