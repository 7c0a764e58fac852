package webtest

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"strings"

	"markaz.example/edge/web/proof"
)

// Word is of the browser that tests press with.
const Word = "dGhlIHdvcmQgb2YgYSBicm93c2VyIG9mIHRlc3RzLi4"

// Client is a browser that trusts the centre and proves its forms. It follows no redirect, so that a test sees where a form
// leads, and keeps no connection.
func (c *Centre) Client() *http.Client {
	return &http.Client{
		Transport:     proof.Browser{RoundTripper: &http.Transport{TLSClientConfig: c.Trust(), DisableKeepAlives: true}, Word: Word},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Trust is of a machine that had the centre's authority installed.
func (c *Centre) Trust() *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(c.Notary.Root())
	return &tls.Config{RootCAs: pool}
}

// Socket is a socket's address, and the Origin that a page beside it has.
func (c *Centre) Socket(path string) (url, origin string) {
	origin = c.At(path)
	return "ws" + strings.TrimPrefix(origin, "http") + path, origin
}

// At is the origin of a path: the desks' or everybody's.
func (c *Centre) At(path string) string {
	if proof.AtDesks(path) {
		return c.Desks
	}
	return c.URL
}
