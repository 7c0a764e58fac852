package registrar

import (
	"crypto/x509"
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/enrol"
	"markaz.example/sync/office"
	"markaz.example/sync/roster"
)

// Gate says which certificates are let in. Any goroutine may call it.
type Gate struct {
	Roster   *roster.Roster
	Register office.Register
}

// Admit says which centre a verified certificate speaks for. It reports roster.ErrNotBox, roster.ErrUnknownCentre or
// office.ErrShut.
func (g Gate) Admit(cert *x509.Certificate) (id.Centre, error) {
	centre, err := g.Roster.Admit(cert)
	if err != nil {
		return "", err
	}
	return centre, g.Register.Admit(centre, cert.SerialNumber.Bytes())
}

// ErrNoRecall is reported by Recall. Its text says why.
var ErrNoRecall = errors.New("this box may not read its centre's chain back")

// Recall is the chain that a box with that certificate may read back: one that was enrolled to replace another. It
// reports ErrNoRecall and what Admit does.
func (g Gate) Recall(cert *x509.Certificate) (chain.Incarnation, error) {
	centre, err := g.Admit(cert)
	if err != nil {
		return chain.Incarnation{}, err
	}
	e, known, err := g.Register.Enrolment(centre)
	switch {
	case err != nil:
		return chain.Incarnation{}, err
	case !known || !e.Replace:
		return chain.Incarnation{}, fmt.Errorf("%w: it was not enrolled with a code to replace another: ask headquarters for one", ErrNoRecall)
	}
	return enrol.Incarnation(centre, e.Nonce), nil
}
