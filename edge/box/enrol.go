package box

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/enrol"
	"markaz.example/sync/parcel"
	"markaz.example/sync/roster"
)

// ErrNoHeadquarters is reported when the configuration names none.
var ErrNoHeadquarters = fmt.Errorf("%w: [headquarters] is missing: it says whom to enrol with, and where the certificate goes", ErrConfig)

// Enrolment is what a person asks for.
type Enrolment struct {
	Code    enrol.Code
	Address string // as headquarters.address of the configuration; empty for that
	Replace bool   // the box is made anew, and will read its centre's chain back
}

// Enrolled is what came of it.
type Enrolled struct {
	Incarnation chain.Incarnation
	Until       time.Time // end of the certificate
	Told        time.Time // headquarters' time
}

// Enrol turns a code into the box's certificate. The keys are on disk before anything is sent, and the certificate is in
// place as a whole or not at all: after a power cut the same code is typed again. The box must be stopped. It reports
// enrol.ErrRoot, enrol.ErrRefused, ErrHasLedger, and what the network does.
func Enrol(ctx context.Context, c Config, o Options, e Enrolment) (Enrolled, error) {
	h := c.Headquarters
	if h == nil {
		return Enrolled{}, ErrNoHeadquarters
	}
	at := *h
	if e.Address != "" {
		at.Address = e.Address
	}
	secrets, err := c.secrets(o)
	if err != nil {
		return Enrolled{}, err
	}
	q, key, err := request(c, secrets, o, e)
	if err != nil {
		return Enrolled{}, err
	}
	door := at.door(o.unset)
	a, root, err := door.Enrol(ctx, e.Code, q.Sign(key))
	if err != nil {
		return Enrolled{}, err
	}
	pair, err := roster.ParseChain(a.Certs)
	if err != nil {
		return Enrolled{}, err
	}
	if a.Parcel != "" {
		if err := errors.Join(parcel.CheckRecipient(a.Parcel), parcel.SaveRecipient(h.Identity, a.Parcel)); err != nil {
			return Enrolled{}, err
		}
	}
	if err := secrets.place(c).SaveNext(pair, root, ed25519.PublicKey(a.Post)); err != nil {
		return Enrolled{}, fmt.Errorf("keep the certificate: %w", err)
	}
	return Enrolled{enrol.Incarnation(c.Centre.Code, a.Nonce), pair.Cert.NotAfter, time.UnixMilli(a.Wall).UTC()}, nil
}

// request is what is sent, the same however often, but for the ledger's head.
func request(c Config, secrets Secrets, o Options, e Enrolment) (enrol.Request, ed25519.PrivateKey, error) {
	q := enrol.Request{
		Version: 1, Secret: e.Code.Secret[:], Centre: c.Centre.Code, Replace: e.Replace, Software: o.Software,
	}
	find := stand
	if e.Replace {
		find = bare
	}
	s, err := find(c, secrets)
	if err != nil {
		return q, nil, err
	}
	if !e.Replace {
		q.Nonce, q.Seq, q.Hash = s.in.Name(), s.head.Seq, s.head.Hash[:]
	}
	next, err := secrets.place(c).NextKey()
	if err != nil {
		return q, nil, fmt.Errorf("make the key of the certificate: %w", err)
	}
	q.CSR, err = roster.Request(next)
	return q, s.key, err
}
