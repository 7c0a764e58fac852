package notary

import (
	"crypto/x509"
	"net"
	"slices"
	"strings"
)

// Names is by what desks reach the box.
type Names struct {
	// Configured are host names and addresses that a person wrote down: "markaz.lan", "10.1.0.1".
	Configured []string
	// Machine gives the name of this machine and its addresses at this moment; nil asks the system.
	Machine func() (name string, addresses []net.IP)
}

// own is what the authority may speak for: names that were configured when it was made, this machine's, and every private
// address, so that a box that is carried into another network needs no other authority. A public address that somebody
// configured stands for itself.
func (n Names) own() (names []string, networks []*net.IPNet) {
	all := n.now()
	networks = slices.Clone(private)
	for _, ip := range all.addresses {
		if !within(private, ip) {
			networks = append(networks, single(ip))
		}
	}
	return all.names, networks
}

// list is the names and addresses of a certificate, each once and in order.
type list struct {
	names     []string
	addresses []net.IP
}

// now is by what desks reach the box at this moment. Of the machine's addresses the private ones count.
func (n Names) now() (l list) {
	l.add("localhost")
	for _, text := range n.Configured {
		l.add(text)
	}
	machine := n.Machine
	if machine == nil {
		machine = thisMachine
	}
	name, addresses := machine()
	if name != "" && net.ParseIP(name) == nil {
		l.add(name)
		if !strings.Contains(name, ".") {
			l.add(name + ".local")
		}
	}
	for _, ip := range addresses {
		if within(private, ip) && !ip.IsLinkLocalUnicast() {
			l.add(ip.String())
		}
	}
	return l
}

func (l *list) add(text string) {
	if len(l.names)+len(l.addresses) == namesMax {
		return
	}
	if ip := net.ParseIP(text); ip != nil {
		if !slices.ContainsFunc(l.addresses, ip.Equal) {
			l.addresses = append(l.addresses, ip)
		}
		return
	}
	text = strings.ToLower(strings.TrimSuffix(text, "."))
	if text != "" && !slices.Contains(l.names, text) {
		l.names = append(l.names, text)
	}
}

// permitted leaves out what an authority may not speak for; a certificate with it would be taken by no browser.
func (l list) permitted(root *x509.Certificate) (may, not list) {
	for _, name := range l.names {
		if slices.ContainsFunc(root.PermittedDNSDomains, func(d string) bool { return name == d || strings.HasSuffix(name, "."+d) }) {
			may.names = append(may.names, name)
		} else {
			not.names = append(not.names, name)
		}
	}
	for _, ip := range l.addresses {
		if within(root.PermittedIPRanges, ip) {
			may.addresses = append(may.addresses, ip)
		} else {
			not.addresses = append(not.addresses, ip)
		}
	}
	return may, not
}

// in says whether a certificate names all of it.
func (l list) in(c *x509.Certificate) bool {
	for _, name := range l.names {
		if !slices.Contains(c.DNSNames, name) {
			return false
		}
	}
	for _, ip := range l.addresses {
		if !slices.ContainsFunc(c.IPAddresses, ip.Equal) {
			return false
		}
	}
	return true
}

func (l list) strings() (out []string) {
	out = slices.Clone(l.names)
	for _, ip := range l.addresses {
		out = append(out, ip.String())
	}
	return out
}

func within(networks []*net.IPNet, ip net.IP) bool {
	return slices.ContainsFunc(networks, func(n *net.IPNet) bool { return n.Contains(ip) })
}

func single(ip net.IP) *net.IPNet {
	if four := ip.To4(); four != nil {
		return &net.IPNet{IP: four, Mask: net.CIDRMask(32, 32)}
	}
	return &net.IPNet{IP: ip, Mask: net.CIDRMask(128, 128)}
}
