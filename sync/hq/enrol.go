package hq

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/door"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/ingest"
	"markaz.example/sync/office"
	"markaz.example/sync/parcel"
	"markaz.example/sync/registrar"
	"markaz.example/sync/roster"
)

// The verbs of enrolment at the admin door.
const (
	VerbEnrol  = "/enrol"
	VerbRevoke = "/revoke"
	VerbCentre = "/centre"
)

// openEnrolment makes the registrar. Without an issuer it refuses who comes, and still says who is let in.
func (h *HQ) openEnrolment() error {
	var issuer *roster.Issuer
	if e := h.config.Enrolment; e != nil {
		var err error
		if issuer, err = roster.LoadIssuer(e.Issuer); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w\nmake it with: markaz-hq authority issue-issuer", err)
		} else if err != nil {
			return err
		}
	}
	key, err := roster.PostKey(h.config.Certificates)
	if err != nil {
		return err
	}
	var post ed25519.PublicKey
	if key != nil {
		post = key.Public().(ed25519.PublicKey)
	}
	sealedTo, err := parcel.ReadRecipient(h.config.Certificates)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	h.registrar = registrar.New(registrar.Config{
		Gate:   registrar.Gate{Roster: h.roster, Register: office.Register{View: h.archive.ViewOffice}},
		Issuer: issuer, Group: h.node, Chains: h.archive, Post: post, Parcel: sealedTo, Now: time.Now, Log: h.log,
	})
	return nil
}

// openVerbs gives the admin door what this machine's operator may order about enrolment.
func (h *HQ) openVerbs() error {
	door.Verb(h.admin, "POST "+VerbEnrol, h.registrar.Issue)
	door.Verb(h.admin, "POST "+VerbRevoke, func(ctx context.Context, v registrar.Revocation) (struct{}, error) {
		return struct{}{}, h.registrar.Revoke(ctx, v)
	})
	door.Verb(h.admin, "POST "+VerbCentre, func(_ context.Context, q CentreQuestion) (registrar.Standing, error) {
		return h.registrar.Look(q.Centre)
	})
	return nil
}

// CentreQuestion asks how a centre stands.
type CentreQuestion struct {
	Centre id.Centre `json:"centre"`
}

func (h *HQ) watchRoster(ctx context.Context) error { return h.roster.Watch(ctx, h.log) }

// gate is the registrar's, on a node that may lag behind the one that has just enrolled a box.
type gate struct {
	registrar.Gate
	group registrar.Group
}

// Admit says which centre a verified certificate speaks for. Nobody is shut out by a node that has not caught up with the
// group: that reports ingest.ErrLater.
func (g gate) Admit(cert *x509.Certificate) (id.Centre, error) {
	centre, err := g.Gate.Admit(cert)
	if !errors.Is(err, office.ErrShut) {
		return centre, err
	}
	if err := g.catchUp(); err != nil {
		return "", err
	}
	return g.Gate.Admit(cert)
}

func (g gate) catchUp() error {
	if err := g.group.CatchUp(context.Background()); err != nil {
		return fmt.Errorf("%w: %w", ingest.ErrLater, err)
	}
	return nil
}

// past is what a re-made box may read back, and who may.
type past struct {
	gate
	*archive.Archive
}

// Recall is the chain that a box with that certificate may read back, as the group knows it. It reports ingest.ErrLater too.
func (p past) Recall(cert *x509.Certificate) (chain.Incarnation, error) {
	in, err := p.gate.Recall(cert)
	if err == nil {
		return in, nil
	}
	if err := p.catchUp(); err != nil {
		return in, err
	}
	return p.gate.Recall(cert)
}
