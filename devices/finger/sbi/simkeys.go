package sbi

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// keys are a simulated maker's: an authority, a provider under it, a device under that; and a device of strangers.
type keys struct {
	roots    []byte // PEM
	device   signer
	stranger signer
}

// signer is a key with its chain of certificates, as a token's header has it.
type signer struct {
	key   *rsa.PrivateKey
	chain []string
}

// newKeys makes two authorities of which one is in roots.
func newKeys() keys {
	root := newCert("Simulated Authority", nil)
	provider := newCert("Simulated Provider", root)
	known := newCert("Simulated Reader", provider)
	foreign := newCert("Unknown Reader", newCert("Unknown Authority", nil))
	return keys{
		roots:    pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.x509.Raw}),
		device:   signer{known.key, []string{known.base64(), provider.base64()}},
		stranger: signer{foreign.key, []string{foreign.base64()}},
	}
}

type cert struct {
	key  *rsa.PrivateKey
	x509 *x509.Certificate
}

func (c *cert) base64() string { return base64.StdEncoding.EncodeToString(c.x509.Raw) }

// newCert panics where only a machine without randomness could fail.
func newCert(name string, by *cert) *cert {
	key, err := rsa.GenerateKey(rand.Reader, keyBitsMin)
	must(err)
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	must(err)
	wanted := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, BasicConstraintsValid: true, IsCA: true,
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(simLasts, 0), // a box in trouble may boot in 1970
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	parent, parentKey := wanted, key
	if by != nil {
		parent, parentKey = by.x509, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, wanted, parent, key.Public(), parentKey)
	must(err)
	made, err := x509.ParseCertificate(der)
	must(err)
	return &cert{key: key, x509: made}
}

func must(err error) {
	if err != nil {
		panic("BUG: " + err.Error())
	}
}

// sign makes a token of anything that is an object in JSON.
func (k keys) sign(f Faults, v any) string {
	by := k.device
	if f.Stranger {
		by = k.stranger
	}
	b, err := json.Marshal(v)
	must(err)
	var said jwt.MapClaims
	must(json.Unmarshal(b, &said))
	t := jwt.NewWithClaims(jwt.SigningMethodRS256, said)
	t.Header["x5c"] = by.chain
	s, err := t.SignedString(by.key)
	must(err)
	if f.Forged {
		s = forge(s)
	}
	return s
}

// forge changes one letter in the middle of the signature.
func forge(token string) string {
	b := []byte(token)
	at := len(b) - 100
	if b[at] == 'A' {
		b[at] = 'B'
	} else {
		b[at] = 'A'
	}
	return string(b)
}
