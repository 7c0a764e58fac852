package enrol

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"markaz.example/sync/roster"
)

// What Enrol and Renew report, besides what the network does.
var (
	// ErrRoot: whoever answered is not the headquarters of the code.
	ErrRoot = errors.New("whoever answered is not the headquarters that the code came from: " +
		"have the second half of the code read out again, and look at the address")
	// ErrRefused has headquarters' own words behind it.
	ErrRefused = errors.New("headquarters refused")
)

// Refused is headquarters' answer when it gave no certificate. It is ErrRefused.
type Refused struct{ Code, Detail string }

func (r Refused) Error() string { return fmt.Sprintf("%s: %s (%s)", ErrRefused, r.Detail, r.Code) }

// Is says that it is ErrRefused.
func (Refused) Is(target error) bool { return target == ErrRefused }

// Door is headquarters as a box reaches it.
type Door struct {
	Addresses []string // host:port of its nodes; at least one
	Name      string   // that its certificate must say
	Clock     roster.Clock

	// Net opens the connection under TLS; nil means TCP.
	Net func(ctx context.Context, network, address string) (net.Conn, error)
}

// Enrol sends a request under a code, and gives the answer with the root that the code vouched for. A box that does not know
// the time looks at headquarters' certificate once more when the answer tells it.
func (d Door) Enrol(ctx context.Context, code Code, r Request) (Answer, *x509.Certificate, error) {
	var root *x509.Certificate
	var shown []*x509.Certificate
	secret := &tls.Config{
		MinVersion: tls.VersionTLS13, ServerName: d.Name, NextProtos: []string{roster.FirstContact, "http/1.1"},
		InsecureSkipVerify: true, // there is no root yet: VerifyConnection finds it by the code, and verifies
		VerifyConnection: func(s tls.ConnectionState) (err error) {
			shown = s.PeerCertificates
			root, err = code.find(shown)
			if err != nil {
				return err
			}
			return roster.VerifyServer(shown, root, d.Name, d.Clock)
		},
	}
	a, err := exchange[Request, Answer](ctx, d, secret, PathEnrol, r)
	if err == nil { // whatever this clock said before: the time is known now
		err = roster.VerifyServer(shown, root, d.Name, func() (time.Time, bool) { return time.UnixMilli(a.Wall), true })
	}
	if err != nil {
		return a, nil, err
	}
	return a, root, nil
}

// find is the certificate that the code vouches for.
func (c Code) find(shown []*x509.Certificate) (*x509.Certificate, error) {
	for _, s := range shown {
		if s.IsCA && c.Fits(s) {
			return s, nil
		}
	}
	return nil, ErrRoot
}

// answered is a message that may be a refusal.
type answered interface {
	Message
	refused() (code, detail string)
}

// exchange asks one node after the other until one does what it is asked, or refuses for a reason that holds for all. It
// reports Refused, or what kept it from every node.
func exchange[Q Message, A answered](ctx context.Context, d Door, secret *tls.Config, path string, q Q) (A, error) {
	var last A
	var faults []error
	for _, address := range d.Addresses {
		a, err := ask[Q, A](ctx, d, address, secret, path, q)
		code, detail := a.refused()
		switch {
		case err == nil && code == "":
			return a, nil
		case err == nil:
			last, err = a, Refused{code, detail}
		}
		if faults = append(faults, err); code != "" && !ofOneNode(code) {
			return last, err
		}
	}
	return last, errors.Join(faults...)
}

// ofOneNode reports whether another node may answer otherwise: one that is cut off from the group, that has no issuer, or
// that did not begin what it is to end.
func ofOneNode(code string) bool { return code == CodeBusy || code == CodeClosed || code == CodeStale }

// ask sends one message to a node over a connection of its own and reads the answer.
func ask[Q, A Message](ctx context.Context, d Door, address string, secret *tls.Config, path string, q Q) (a A, err error) {
	ctx, cancel := context.WithTimeout(ctx, exchangeMax)
	defer cancel()
	body, err := Encode(q)
	if err != nil {
		return a, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+address+path, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	request.Header.Set("Content-Type", ContentType)
	transport := &http.Transport{TLSClientConfig: secret, DialContext: d.Net, DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return a, fmt.Errorf("ask headquarters: %w", err)
	}
	defer answer.Body.Close()
	if answer.Header.Get("Content-Type") != ContentType {
		return a, fmt.Errorf("ask headquarters: %s answers %s: it does not enrol boxes", address, answer.Status)
	}
	return Decode[A](answer.Body)
}
