package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"

	"markaz.example/edge/web/proof"
)

// ErrRoot is reported when the file of the box's authority holds no certificate.
var ErrRoot = errors.New("no certificate in the file of the box's authority")

// Trust is what a machine has that had the box's authority installed: the certificate in the file root. The box makes it at
// its first start.
func Trust(root string) (*tls.Config, error) {
	b, err := os.ReadFile(root)
	if err != nil {
		return nil, fmt.Errorf("trust the box: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b) {
		return nil, fmt.Errorf("%s: %w", root, ErrRoot)
	}
	return &tls.Config{RootCAs: pool}, nil
}

// Transport is a browser's: it trusts the box, resumes sessions, and proves every form by a word of its own. The file is read
// whenever it dials, so that it may be made before the box has started. From is the address that it has; nil for any.
func Transport(root string, from net.IP) http.RoundTripper {
	sessions := tls.NewLRUClientSessionCache(0)
	dialer := &net.Dialer{}
	if from != nil {
		dialer.LocalAddr = &net.TCPAddr{IP: from}
	}
	return proof.Browser{Word: proof.Word(), RoundTripper: &http.Transport{
		DialContext: dialer.DialContext,
		DialTLSContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := Trust(root)
			if err != nil {
				return nil, err
			}
			c.ClientSessionCache = sessions
			return (&tls.Dialer{NetDialer: dialer, Config: c}).DialContext(ctx, network, address)
		},
	}}
}
