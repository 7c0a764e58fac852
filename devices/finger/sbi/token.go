package sbi

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// ParseRoots reads trust roots, each a certificate in PEM. An error if there is none or one cannot be read.
func ParseRoots(b []byte) (*x509.CertPool, error) {
	pool, n := x509.NewCertPool(), 0
	for {
		var block *pem.Block
		if block, b = pem.Decode(b); block == nil {
			break
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("trust root %d: %w", n+1, err)
		}
		pool.AddCert(cert)
		n++
	}
	if n == 0 || len(strings.TrimSpace(string(b))) > 0 {
		return nil, fmt.Errorf("trust roots: %d certificates in PEM and something that is none; ask the agency for its file", n)
	}
	return pool, nil
}

// judge opens tokens.
type judge struct {
	roots *x509.CertPool
	now   func() time.Time
	known func() (time.Time, bool) // nil means now
}

// at is when a chain is to be valid.
func (j judge) at(chain []*x509.Certificate) time.Time {
	if j.known == nil {
		return j.now()
	}
	now, known := j.known()
	if known {
		return now
	}
	for _, c := range chain {
		if now.Before(c.NotBefore) {
			now = c.NotBefore
		}
	}
	for _, c := range chain {
		if now.After(c.NotAfter) {
			now = c.NotAfter
		}
	}
	return now
}

// open checks a token's signature and reads what it says into v. ErrSignature when it is not to be believed.
//
// Certificates in the header lead up to a root; those after the first may help on the way and are never roots
// themselves. A token without such a header has no signer.
func (j judge) open(token string, v any) error {
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256", "EdDSA"}), jwt.WithoutClaimsValidation(), jwt.WithPaddingAllowed())
	_, err := parser.ParseWithClaims(token, &payload{v}, func(t *jwt.Token) (any, error) { return j.signer(t.Header["x5c"]) })
	switch {
	case err == nil:
		return nil
	case errors.Is(err, jwt.ErrTokenMalformed):
		return fmt.Errorf("%w: not a token", ErrSignature)
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return fmt.Errorf("%w: wrong signature", ErrSignature)
	}
	return fmt.Errorf("%w: %w", ErrSignature, err)
}

// signer is the public key of the certificate in a header, if that leads to a root.
func (j judge) signer(header any) (any, error) {
	chain, err := certificates(header)
	if err != nil {
		return nil, err
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err = chain[0].Verify(x509.VerifyOptions{
		Roots: j.roots, Intermediates: between, CurrentTime: j.at(chain), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return nil, err
	}
	switch key := chain[0].PublicKey.(type) {
	case ed25519.PublicKey:
		return key, nil
	case *rsa.PublicKey:
		if key.N.BitLen() >= keyBitsMin {
			return key, nil
		}
		return nil, fmt.Errorf("key of %d bits is too short", key.N.BitLen())
	}
	return nil, errors.New("key is of a kind that the interface does not allow")
}

// certificates reads an x5c header: a list, or one alone. Source: RFC 7515, section 4.1.6.
func certificates(header any) ([]*x509.Certificate, error) {
	list, ok := header.([]any)
	if one, is := header.(string); is {
		list, ok = []any{one}, true
	}
	if !ok || len(list) == 0 || len(list) > certificatesMax {
		return nil, errors.New("token carries no certificate")
	}
	var chain []*x509.Certificate
	for _, item := range list {
		s, _ := item.(string)
		der, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return nil, errors.New("certificate is not base64")
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("certificate: %w", err)
		}
		chain = append(chain, cert)
	}
	return chain, nil
}

// unsigned reads what a device without a key says: the payload alone, or a token whose signature proves nothing. For
// nothing but its status.
func unsigned(token string, v any) error {
	parts := strings.Split(token, ".")
	part := parts[0]
	if len(parts) == 3 {
		part = parts[1]
	}
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "="))
	if err != nil {
		return errors.New("not base64url")
	}
	return json.Unmarshal(b, v)
}

// payload makes any struct the claims of a token; times are checked by check, not by the library.
type payload struct{ v any }

func (p *payload) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, p.v) }

func (*payload) GetExpirationTime() (*jwt.NumericDate, error) { return nil, nil }
func (*payload) GetIssuedAt() (*jwt.NumericDate, error)       { return nil, nil }
func (*payload) GetNotBefore() (*jwt.NumericDate, error)      { return nil, nil }
func (*payload) GetIssuer() (string, error)                   { return "", nil }
func (*payload) GetSubject() (string, error)                  { return "", nil }
func (*payload) GetAudience() (jwt.ClaimStrings, error)       { return nil, nil }
