package registrar

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/enrol"
	"markaz.example/sync/office"
	"markaz.example/sync/roster"
)

// What orders report. Their texts say what to do.
var (
	ErrNoIssuer = errors.New("this node has no issuer: make one with markaz-hq authority issue-issuer, " +
		"and name its directory under [enrolment] in the configuration")
	ErrWhichChain = errors.New("say which chain goes on: --chain with the beginning of its nonce")
	ErrNoChain    = errors.New("headquarters holds no such chain: enrol without --replace, and the box begins one")
	ErrOrder      = errors.New("headquarters did not take it")
)

// Order asks for a code.
type Order struct {
	Centre  id.Centre `json:"centre"`
	Replace bool      `json:"replace"`         // for a box that is made anew and reads its chain back
	Chain   string    `json:"chain,omitempty"` // the beginning of the nonce in hex, where the centre has several; only to replace
	By      string    `json:"by"`
}

// Issued is a code. It is nowhere else.
type Issued struct {
	Code    string    `json:"code"`
	Expires time.Time `json:"expires"`
	Chain   string    `json:"chain,omitempty"` // that goes on
	Records uint64    `json:"records"`         // of it, and of what it goes on after, that are held
	Before  bool      `json:"before"`          // the centre was enrolled before: its certificates end when the code is used
}

// Issue makes a code. It reports ErrNoIssuer, roster.ErrUnknownCentre, ErrWhichChain or ErrNoChain.
func (r *Registrar) Issue(ctx context.Context, o Order) (Issued, error) {
	if r.Issuer == nil {
		return Issued{}, ErrNoIssuer
	}
	if _, ok := r.Roster.Centre(o.Centre); !ok {
		return Issued{}, fmt.Errorf("%w: %s", roster.ErrUnknownCentre, o.Centre)
	}
	code, err := enrol.NewCode(rand.Reader, r.Issuer.Root())
	if err != nil {
		return Issued{}, err
	}
	now := r.Now()
	secret := enrol.SecretHash(code.Secret[:])
	act := office.CodeIssued{
		Centre: o.Centre, Secret: secret[:], Expires: now.Add(enrol.CodeLife).UnixMilli(), Replace: o.Replace,
		By: clip(o.By), At: now.UnixMilli(),
	}
	given := Issued{Code: code.String(), Expires: now.Add(enrol.CodeLife).UTC()}
	if o.Replace {
		in, err := r.continues(o)
		if err != nil {
			return Issued{}, err
		}
		c, _ := r.Chains.Chain(in)
		act.Nonce, given.Chain, given.Records = in.Name(), in.String(), c.Held.Seq
	}
	if _, given.Before, err = r.Register.Enrolment(o.Centre); err != nil {
		return Issued{}, err
	}
	if _, err := r.propose(ctx, act); err != nil {
		return Issued{}, fmt.Errorf("%w: %w", ErrOrder, err)
	}
	return given, nil
}

// continues is the chain that a replacement goes on with: the one that was named, the enrolled one, or the only one.
func (r *Registrar) continues(o Order) (chain.Incarnation, error) {
	var held []chain.Incarnation
	for _, c := range r.Chains.Chains() {
		in := c.Incarnation
		if in.Centre == o.Centre && strings.HasPrefix(hex.EncodeToString(in.Nonce[:]), strings.ToLower(o.Chain)) {
			held = append(held, in)
		}
	}
	switch {
	case len(held) == 0:
		return chain.Incarnation{}, fmt.Errorf("%w (centre %s, chain %q)", ErrNoChain, o.Centre, o.Chain)
	case len(held) == 1:
		return held[0], nil
	}
	e, _, err := r.Register.Enrolment(o.Centre)
	if err != nil {
		return chain.Incarnation{}, err
	}
	for _, in := range held {
		if string(in.Name()) == string(e.Nonce) {
			return in, nil
		}
	}
	return chain.Incarnation{}, fmt.Errorf("%w; held are %v", ErrWhichChain, held)
}

// Revocation orders that a centre, or one certificate, is shut out.
type Revocation struct {
	Centre id.Centre `json:"centre,omitempty"`
	Serial string    `json:"serial,omitempty"` // in hex
	Why    string    `json:"why"`
	By     string    `json:"by"`
}

// Revoke shuts out. It is in force on each node as soon as that has applied it, a moment after this returns.
func (r *Registrar) Revoke(ctx context.Context, v Revocation) error {
	serial, err := hex.DecodeString(v.Serial)
	if err != nil {
		return fmt.Errorf("%w: the serial number is not one in hex: %q", ErrOrder, v.Serial)
	}
	act := office.Revoked{Centre: v.Centre, Serial: serial, By: clip(v.By), Why: v.Why, At: r.Now().UnixMilli()}
	if v.Centre != "" {
		e, _, err := r.Register.Enrolment(v.Centre)
		if err != nil {
			return err
		}
		act.Generation = e.Generation
	}
	if _, err := r.propose(ctx, act); err != nil {
		return fmt.Errorf("%w: %w", ErrOrder, err)
	}
	return nil
}

// Standing is how a centre stands with the registrar.
type Standing struct {
	Centre   id.Centre `json:"centre"`
	Listed   bool      `json:"listed"`
	Enrolled bool      `json:"enrolled"` // here; without it certificates that the authority made itself count
	Shut     bool      `json:"shut"`
	Serial   string    `json:"serial,omitempty"`
	Until    time.Time `json:"until,omitzero"`
	Since    time.Time `json:"since,omitzero"`
	Replaced bool      `json:"replaced"`
	Chain    string    `json:"chain,omitempty"`
	Code     time.Time `json:"code,omitzero"` // an open code may be used until then
	Revoked  []Revoked `json:"revoked,omitempty"`
	Chains   []Held    `json:"chains,omitempty"`
}

// Revoked is one certificate that is shut out.
type Revoked struct {
	Serial string    `json:"serial"`
	By     string    `json:"by"`
	Why    string    `json:"why"`
	At     time.Time `json:"at"`
}

// Held is one chain of a centre.
type Held struct {
	Chain   string `json:"chain"`
	Records uint64 `json:"records"`
}

// Look shows how a centre stands.
func (r *Registrar) Look(centre id.Centre) (Standing, error) {
	s := Standing{Centre: centre}
	_, s.Listed = r.Roster.Centre(centre)
	e, known, err := r.Register.Enrolment(centre)
	if err != nil {
		return s, err
	}
	if s.Enrolled, s.Shut, s.Replaced = known && len(e.Serial) > 0, e.Shut, e.Replace; s.Enrolled {
		s.Serial, s.Until, s.Since = hex.EncodeToString(e.Serial), utc(e.Until), utc(e.At)
		s.Chain = enrol.Incarnation(centre, e.Nonce).String()
	}
	until, open, err := r.Register.OpenCode(centre)
	if err != nil {
		return s, err
	}
	if open && until.After(r.Now()) {
		s.Code = until.UTC()
	}
	list, err := r.Register.Revoked(centre)
	for _, x := range list {
		s.Revoked = append(s.Revoked, Revoked{hex.EncodeToString(x.Serial), x.By, x.Why, utc(x.At)})
	}
	for _, c := range r.Chains.Chains() {
		if c.Incarnation.Centre == centre {
			s.Chains = append(s.Chains, Held{c.Incarnation.String(), c.Held.Seq})
		}
	}
	return s, err
}

func utc(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

func clip(by string) string { return strings.ToValidUTF8(by[:min(len(by), byMax)], "") }
