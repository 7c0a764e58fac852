package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// certificates looks at those of the road and those of the desks.
func certificates(_ context.Context, p Patient) []Finding {
	return append(p.road(), p.authority()...)
}

// authority looks at who certifies the pages for desks. It renews those certificates by itself; its own it does not.
func (p Patient) authority() []Finding {
	own, err := readCertificate(filepath.Join(p.Desks, "authority.crt"))
	if p.Desks == "" || errors.Is(err, os.ErrNotExist) {
		return nil
	}
	const anew = "make a new authority with markaz tls new, and bring its certificate to every desk"
	switch {
	case err != nil:
		return []Finding{broken(anew, "the authority of the desks' pages cannot be read: %s", short(err.Error()))}
	case p.Now.After(own.NotAfter):
		return []Finding{broken(anew, "the authority of the desks' pages ran out %s ago", days(p.Now.Sub(own.NotAfter)))}
	case own.NotAfter.Sub(p.Now) < outage:
		return []Finding{warning(anew, "the authority of the desks' pages lasts %s more", days(own.NotAfter.Sub(p.Now)))}
	}
	return []Finding{well("the authority of the desks' pages lasts %s", days(own.NotAfter.Sub(p.Now)))}
}

// road looks at the box's own certificate, and at the root that both ends trust.
func (p Patient) road() []Finding {
	if p.Identity == "" {
		return []Finding{well("no headquarters in the configuration")}
	}
	const again = "ask headquarters for a code, and use it: markaz enrol"
	own, err := readCertificate(filepath.Join(p.Identity, "box.crt"))
	if err != nil {
		return []Finding{broken(again, "the box has no certificate: %v", err)}
	}
	root, err := readCertificate(filepath.Join(p.Identity, "root.crt"))
	if err != nil {
		return []Finding{broken(again, "the root that both ends trust is missing: %v", err)}
	}
	out := []Finding{lasting(own, p.Now, "the box's certificate"), lasting(root, p.Now, "the root")}
	if f, found := p.roadKey(again); found {
		out = append(out, f)
	}
	return out
}

// roadKey looks whether the certificate's key is there, and its own. One that is sealed the box alone can compare.
func (p Patient) roadKey(again string) (f Finding, found bool) {
	cert, key := filepath.Join(p.Identity, "box.crt"), filepath.Join(p.Identity, "box.key")
	if missing(key) {
		return broken(again, "the key of the box's certificate is missing"), missing(key + sealed)
	}
	if _, err := tls.LoadX509KeyPair(cert, key); err != nil && !errors.Is(err, os.ErrPermission) {
		return broken(again, "the box's certificate and its key do not belong together: %s", short(err.Error())), true
	}
	return f, false
}

func readCertificate(path string) (*x509.Certificate, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, fmt.Errorf("%s is no certificate", path)
	}
	return x509.ParseCertificate(block.Bytes)
}

// lasting says whether a certificate outlives an outage.
func lasting(c *x509.Certificate, now time.Time, what string) Finding {
	left := c.NotAfter.Sub(now)
	switch {
	case now.Before(c.NotBefore):
		return warning("set the time, or connect the box: headquarters tells it", "%s is valid only from %s: the clock is wrong", what, c.NotBefore.Format(time.DateOnly))
	case left < 0:
		return broken("connect the box: it asks for a new one; if headquarters will not have it, ask for a code: markaz enrol", "%s ran out %s ago", what, days(-left))
	case left < outage:
		return warning("connect the box within that time: it renews by itself", "%s lasts %s more: less than the longest outage", what, days(left))
	}
	return well("%s lasts %s", what, days(left))
}

// network looks for a way out, and at who answers at headquarters' address.
func network(ctx context.Context, p Patient) (out []Finding) {
	up := p.interfaces()
	if len(up) == 0 {
		out = append(out, warning("plug the cable in, or look at the switch", "no network interface has a link: no screen and no headquarters is reached"))
	} else {
		out = append(out, well("linked: %s", strings.Join(up, ", ")))
	}
	if p.Identity == "" {
		return out
	}
	if !p.hasRoute() {
		out = append(out, warning("set a gateway for headquarters' line; inside of the centre everything works without", "there is no default route"))
	}
	for _, a := range p.Addresses {
		out = append(out, p.dial(ctx, a))
	}
	return out
}

func (p Patient) interfaces() (up []string) {
	dir := filepath.Join(p.Root, "sys/class/net")
	entries, _ := os.ReadDir(dir) // none is none
	for _, e := range entries {
		if e.Name() != "lo" && p.line(filepath.Join("sys/class/net", e.Name(), "operstate")) == "up" {
			up = append(up, e.Name())
		}
	}
	return up
}

// hasRoute looks for a route to everywhere, of IPv4 or IPv6.
func (p Patient) hasRoute() bool {
	for l := range strings.Lines(p.read("proc/net/route")) {
		if f := strings.Fields(l); len(f) > 7 && f[1] == "00000000" && f[7] == "00000000" {
			return true
		}
	}
	for l := range strings.Lines(p.read("proc/net/ipv6_route")) {
		if f := strings.Fields(l); len(f) > 9 && f[0] == strings.Repeat("0", 32) && f[1] == "00" && f[9] != "lo" {
			return true
		}
	}
	return false
}

// dial looks who answers, by our root and by the name that is pinned, as if the time were right.
func (p Patient) dial(ctx context.Context, address string) Finding {
	root, err := readCertificate(filepath.Join(p.Identity, "root.crt"))
	if err != nil {
		return well("%s was not asked: there is no root to know it by", address)
	}
	var shown []*x509.Certificate
	config := &tls.Config{InsecureSkipVerify: true, ServerName: p.Name, // verified below, where each fault has its own remedy
		VerifyConnection: func(s tls.ConnectionState) error { shown = s.PeerCertificates; return nil }}
	dialer := tls.Dialer{NetDialer: &net.Dialer{Timeout: dialMax}, Config: config}
	line, err := dialer.DialContext(ctx, "tcp", address)
	if err == nil {
		_ = line.Close()
	}
	if len(shown) == 0 {
		return p.unreached(address, err)
	}
	return p.judged(address, root, shown)
}

func (p Patient) unreached(address string, err error) Finding {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return warning("write headquarters' number into headquarters.address, or look at /etc/resolv.conf", "the name in %s is not known here", address)
	}
	return warning("look at cable, modem and the operator's signal; the centre works on, and a parcel can be carried: markaz parcel out", "headquarters is not reached at %s: %s", address, short(fmt.Sprint(err)))
}

func (p Patient) judged(address string, root *x509.Certificate, shown []*x509.Certificate) Finding {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(root)
	for _, c := range shown[1:] {
		between.AddCert(c)
	}
	options := x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: nearest(p.Now, shown[0]), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
	if _, err := shown[0].Verify(options); err != nil {
		return broken("do not go on with this line: somebody answers in headquarters' place; call headquarters", "who answers at %s is not certified by our root", address)
	}
	if err := shown[0].VerifyHostname(p.Name); err != nil {
		return broken("put headquarters.name right, as headquarters says it", "who answers at %s is of ours, and not %q", address, p.Name)
	}
	if p.Now.Before(shown[0].NotBefore) || p.Now.After(shown[0].NotAfter) {
		return warning("set the time if it is wrong; if it is right, headquarters' certificate has run out, and its people must renew it",
			"headquarters answers at %s, and its certificate is not valid at what the clock says", address)
	}
	return well("headquarters answers at %s, is who it says, and its certificate lasts %s", address, days(shown[0].NotAfter.Sub(p.Now)))
}

// nearest is the moment of a certificate's validity that is nearest to a time.
func nearest(t time.Time, c *x509.Certificate) time.Time {
	if t.Before(c.NotBefore) {
		return c.NotBefore
	}
	if t.After(c.NotAfter) {
		return c.NotAfter
	}
	return t
}
