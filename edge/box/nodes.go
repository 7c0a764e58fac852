package box

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
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

// door is where certificates are asked for: at the first node that answers, for what one node began it must end.
func (h Headquarters) door(now roster.Clock) enrol.Door {
	nodes := h.addresses()
	return enrol.Door{Address: nodes[0], Name: h.Name, Clock: now, Net: func(ctx context.Context, network, _ string) (net.Conn, error) {
		var faults []error
		for _, a := range nodes {
			c, err := (&net.Dialer{}).DialContext(ctx, network, a)
			if err == nil {
				return c, nil
			}
			faults = append(faults, err)
		}
		return nil, errors.Join(faults...)
	}}
}
