package registrar

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math/big"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/enrol"
	"markaz.example/sync/office"
	"markaz.example/sync/roster"
)

// challenge asks a box for the hash of a record that only its ledger and headquarters know. Nothing is kept of it: the
// token has everything, under a key of this run.
func (r *Registrar) challenge(_ context.Context, q enrol.Ask) (enrol.Challenge, error) {
	_, in, err := r.proves(q.Certs, q.Nonce)
	if err != nil {
		return enrol.Challenge{}, err
	}
	seq, err := r.landmark(in)
	if err != nil {
		return enrol.Challenge{}, err
	}
	now := r.Now()
	return enrol.Challenge{Token: r.token(now, seq, q.Certs[0], in), Seq: seq, Wall: now.UnixMilli()}, nil
}

// landmark draws one of the newest records held.
func (r *Registrar) landmark(in chain.Incarnation) (uint64, error) {
	c, _ := r.Chains.Chain(in)
	depth := min(c.Held.Seq-min(in.After, c.Held.Seq), challengeDepth)
	if depth == 0 {
		return in.After, nil
	}
	back, err := rand.Int(rand.Reader, new(big.Int).SetUint64(depth))
	if err != nil {
		return 0, err
	}
	return c.Held.Seq - back.Uint64(), nil
}

func (r *Registrar) token(at time.Time, seq uint64, cert []byte, in chain.Incarnation) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(at.UnixMilli()))
	b = binary.BigEndian.AppendUint64(b, seq)
	m := hmac.New(sha256.New, r.secret)
	m.Write(b)
	m.Write([]byte(in.String()))
	m.Write(cert)
	return m.Sum(b)
}

// redeem gives the sequence that a token of this node asked for.
func (r *Registrar) redeem(token, cert []byte, in chain.Incarnation) (uint64, error) {
	stale := refuse(enrol.CodeStale, "the challenge is another node's, or too old: ask for a new one")
	if len(token) != tokenBytes {
		return 0, stale
	}
	at := time.UnixMilli(int64(binary.BigEndian.Uint64(token)))
	seq := binary.BigEndian.Uint64(token[tokenTimeBytes:])
	past := r.Now().Sub(at)
	if !hmac.Equal(token, r.token(at, seq, cert, in)) || past < 0 || past > challengeLife {
		return 0, stale
	}
	return seq, nil
}

// renew gives a box the next certificate once it has shown everything that a thief of the old one lacks.
func (r *Registrar) renew(ctx context.Context, q enrol.Renewal) (enrol.Answer, error) {
	pair, in, err := r.proves(q.Certs, q.Nonce)
	if err != nil {
		return enrol.Answer{}, err
	}
	if err := r.shows(q, pair, in); err != nil {
		return enrol.Answer{}, err
	}
	now := r.Now()
	next, err := r.Issuer.Sign(q.CSR, in.Centre, now)
	if errors.Is(err, roster.ErrRequest) {
		return enrol.Answer{}, refuse(enrol.CodeMalformed, "%v", err)
	}
	if err != nil {
		return enrol.Answer{}, err
	}
	digest := sha256.Sum256(q.CSR)
	body, err := r.propose(ctx, office.Renewed{
		Centre: in.Centre, Old: pair.Cert.SerialNumber.Bytes(), Digest: digest[:], Serial: next.Cert.SerialNumber.Bytes(),
		Certs: next.Chain(), Nonce: q.Nonce, Key: q.Key, Until: next.Cert.NotAfter.UnixMilli(), At: now.UnixMilli(),
	})
	if err != nil {
		return enrol.Answer{}, err
	}
	r.Log.Info("a box's certificate is renewed", "centre", in.Centre, "until", next.Cert.NotAfter.Format(time.DateOnly))
	return r.granted(body)
}

// shows checks the proofs of a renewal: both keys, the record that was asked for, the head.
func (r *Registrar) shows(q enrol.Renewal, pair roster.Pair, in chain.Incarnation) error {
	seq, err := r.redeem(q.Token, q.Certs[0], in)
	if err != nil {
		return err
	}
	if err := q.Verify(pair.Cert.PublicKey, in.Centre); err != nil {
		return refuse(enrol.CodeMalformed, "%v", err)
	}
	want, err := r.Chains.HashAt(in, seq)
	if err != nil {
		return err
	}
	if !bytes.Equal(want[:], q.Shown) {
		return refuse(enrol.CodeLedger, "the box's record %d is not the one that headquarters holds", seq)
	}
	if err := r.agrees(in, chain.Position{Seq: q.Seq, Hash: chain.Hash(q.Hash)}); err != nil {
		return err
	}
	return r.signs(q.Key, in)
}

// signs checks that a key is the checkpoint key of the centre's box: the enrolled one, or the one that was pinned when
// the first batch came.
func (r *Registrar) signs(key []byte, in chain.Incarnation) error {
	e, enrolled, err := r.Register.Enrolment(in.Centre)
	if err != nil {
		return err
	}
	if enrolled && bytes.Equal(e.Key, key) {
		return nil
	}
	if c, held := r.Chains.Chain(in); !enrolled && held && bytes.Equal(c.Key, key) {
		return nil
	}
	return refuse(enrol.CodeLedger, "the checkpoint key is not the one of %s: enrol the box again", in.Centre)
}
