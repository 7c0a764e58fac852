package roster

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// What IssueNode and NodeOf report.
var (
	ErrNotNode  = errors.New("the certificate is not a headquarters node's")
	ErrNodeName = errors.New("a node's name has 1 to 32 of the letters a to z, digits and hyphens")
)

const (
	nodeName     = "node"
	uriNode      = "node/"
	nodeNameRune = "abcdefghijklmnopqrstuvwxyz0123456789-"
)

// CheckNodeName reports ErrNodeName.
func CheckNodeName(name string) error {
	if name == "" || len(name) > nodeNameMax || strings.Trim(name, nodeNameRune) != "" {
		return fmt.Errorf("%w: %q", ErrNodeName, name)
	}
	return nil
}

// IssueNode makes the certificate by which a node proves its name to the other nodes of its headquarters, for the DNS
// names and IP addresses at which they dial it. It reports ErrNodeName.
func (a *Authority) IssueNode(name string, addresses []string, now time.Time) (Pair, error) {
	if err := CheckNodeName(name); err != nil {
		return Pair{}, fmt.Errorf("issue a node's certificate: %w", err)
	}
	t := template(pkix.Name{Organization: []string{organisation}, CommonName: "node " + name}, now, leafLife)
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	t.URIs = []*url.URL{{Scheme: uriScheme, Opaque: uriNode + name}}
	for _, n := range addresses {
		if ip := net.ParseIP(n); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, n)
		}
	}
	pair, err := sign(t, &a.root)
	if err != nil {
		return Pair{}, fmt.Errorf("issue the certificate of node %s: %w", name, err)
	}
	return pair, nil
}

// SaveNode writes node.crt, node.key and root.crt.
func (a *Authority) SaveNode(dir string, p Pair) error { return a.saveLeaf(dir, nodeName, p) }

// NodeOf is the name that a node's certificate proves: "markaz:node/hq-1". It reports ErrNotNode. TLS has checked the
// certificate.
func NodeOf(cert *x509.Certificate) (string, error) {
	var named []string
	for _, u := range cert.URIs {
		if name, ok := strings.CutPrefix(u.Opaque, uriNode); ok && u.Scheme == uriScheme {
			named = append(named, name)
		}
	}
	if len(named) != 1 {
		return "", fmt.Errorf("%w: it names %d nodes, want 1 (subject %s)", ErrNotNode, len(named), cert.Subject)
	}
	if err := CheckNodeName(named[0]); err != nil {
		return "", fmt.Errorf("%w: %w", ErrNotNode, err)
	}
	return named[0], nil
}

// NodeTLS is both ends of what nodes say to each other, from node.crt, node.key and root.crt of a directory. Who dials
// sets the name that the other's certificate must prove, by VerifyConnection and NodeOf: the address proves nothing more.
func NodeTLS(dir string) (*tls.Config, error) {
	p, root, err := load(dir, nodeName)
	if err != nil {
		return nil, fmt.Errorf("the node's certificate: %w", err)
	}
	if _, err := NodeOf(p.Cert); err != nil {
		return nil, fmt.Errorf("the node's certificate: %w", err)
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{p.tls()},
		RootCAs: pool(root), ClientCAs: pool(root), ClientAuth: tls.RequireAndVerifyClientCert,
		VerifyPeerCertificate: byRoot,
	}, nil
}

// byRoot turns away what an issuer signed: it may make boxes and no nodes. No other constraint of X.509 can say so.
func byRoot(_ [][]byte, chains [][]*x509.Certificate) error {
	for _, c := range chains {
		if len(c) == 2 {
			return nil
		}
	}
	return fmt.Errorf("%w: the root did not sign it itself", ErrNotNode)
}
