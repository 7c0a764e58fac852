package box

import (
	"crypto/tls"
	"strings"

	"markaz.example/sync/enrol"
	"markaz.example/sync/link"
	"markaz.example/sync/roster"
)

// addresses are those of the nodes; at least one.
func (h Headquarters) addresses() []string {
	out := strings.Split(h.Address, ",")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

func roadURL(address string) string { return "wss://" + address + link.Path }

// ring dials one node after the other.
func (h Headquarters) ring(secret *tls.Config) *link.Ring {
	r := &link.Ring{}
	for _, a := range h.addresses() {
		r.Dialers = append(r.Dialers, link.Dialer{URL: roadURL(a), TLS: secret})
	}
	return r
}

// door is where certificates are asked for.
func (h Headquarters) door(now roster.Clock) enrol.Door {
	return enrol.Door{Addresses: h.addresses(), Name: h.Name, Clock: now}
}
