package quorum

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/faultnet"
	"markaz.example/sync/ingest"
	"markaz.example/sync/link"
	"markaz.example/sync/roster"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

// TestBoxesSendThroughAGroup is the whole road in one bubble: the boxes' uplinks, TLS and links, the nodes' servers, raft
// between them, and archives on a disk. Nodes, the leader more often than not, are cut off from one another by seed, and
// boxes go on reaching those. Afterwards every record is on every node once, in order.
func TestBoxesSendThroughAGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := three(t, 1)
		r := newBoxRoad(t, g)
		var boxes []*wiretest.Ledger
		ctx, stop := context.WithCancel(t.Context())
		var parts sync.WaitGroup
		for i := range 3 {
			l := wiretest.NewLedger(wiretest.New(wiretest.Centre(i), uint64(i)))
			boxes = append(boxes, l)
			random := rand.New(rand.NewPCG(1, uint64(i)))
			parts.Go(func() { r.box(t, ctx, l, random) })
		}
		grow, enough := context.WithCancel(ctx)
		for _, l := range boxes {
			parts.Go(func() { visitors(grow, l) })
		}
		cuts(t, g, rand.New(rand.NewPCG(1, 0x626f78)))
		enough()
		for _, l := range boxes {
			await(t, "all is acknowledged", func() bool { return l.Confirmed() == l.Acknowledged() })
		}
		g.same(t)
		stop()
		parts.Wait()
		r.close()
		records, dials := uint64(0), 0
		for _, l := range boxes {
			g.hold(t, l.Chain)
			records += l.Chain.Head().Seq
		}
		for _, net := range r.nets {
			dials += net.Dials()
		}
		if t.Logf("%d records, %d dials", records, dials); dials == len(boxes) {
			t.Error("no link ended, so this test notices nothing")
		}
		g.close(t)
	})
}

// visitors come for as long as the context lasts.
func visitors(ctx context.Context, l *wiretest.Ledger) {
	for ctx.Err() == nil {
		l.Grow(3)
		pause(ctx, time.Second)
	}
}

// hold expects every node to have a chain record by record, and no branch of it.
func (g *group) hold(t *testing.T, c *wiretest.Chain) {
	t.Helper()
	for _, n := range g.nodes {
		var got [][]byte
		for r, err := range n.archive.Records(c.In, 0) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r.Bytes)
		}
		held, _ := n.archive.Chain(c.In)
		if !slices.EqualFunc(got, c.Records(1, c.Head().Seq), bytes.Equal) || len(held.Branches) > 0 {
			t.Errorf("%s has %d records and %d branches of %s, the box %d records", n.name, len(got), len(held.Branches), c.In, c.Head().Seq)
		}
	}
}

// boxRoad is the servers of a group's nodes, each on a network of its own.
type boxRoad struct {
	group *group
	pool  *x509.CertPool
	nets  []*faultnet.Net
	stops []func()
}

func newBoxRoad(t *testing.T, g *group) *boxRoad {
	r := &boxRoad{group: g, pool: x509.NewCertPool()}
	r.pool.AddCert(g.authority.Root())
	for i, n := range g.nodes {
		net := faultnet.NewNet(uint64(i))
		net.Set(faultnet.Faults{Delay: 20 * time.Millisecond})
		r.nets = append(r.nets, net)
		r.serve(t, n, net)
	}
	return r
}

func (r *boxRoad) serve(t *testing.T, n *groupNode, net *faultnet.Net) {
	t.Helper()
	p, err := r.group.authority.IssueHQ([]string{"hq.test"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	server := &ingest.Server{Group: n.Node, Roster: anyCentre{}, Watcher: nobody{}, Log: quiet(), Now: time.Now, Landmarks: n.archive}
	h := &http.Server{Handler: server, TLSConfig: &tls.Config{
		ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: r.pool, Certificates: []tls.Certificate{{Certificate: p.Chain(), PrivateKey: p.Key}},
	}}
	ctx, cancel := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	parts.Go(func() { _ = server.Run(ctx) })
	parts.Go(func() { _ = h.ServeTLS(net.Listener(), "", "") })
	r.stops = append(r.stops, func() { cancel(); h.Close(); net.Listener().Close(); parts.Wait() })
}

func (r *boxRoad) close() {
	for _, stop := range r.stops {
		stop()
	}
}

// box runs an uplink, which dials any node, until the context ends.
func (r *boxRoad) box(t *testing.T, ctx context.Context, l *wiretest.Ledger, random *rand.Rand) {
	p, err := r.group.authority.IssueBox(l.Chain.In.Centre, time.Now())
	if err != nil {
		t.Error(err)
		return
	}
	config := &tls.Config{
		RootCAs: r.pool, ServerName: "hq.test", Certificates: []tls.Certificate{{Certificate: p.Chain(), PrivateKey: p.Key}},
	}
	u := &uplink.Uplink{
		Ledger: l, Key: l.Chain.Key, Software: "markaz test", Wall: time.Now, Log: quiet(),
		Random: rand.New(rand.NewPCG(random.Uint64(), 1)), Report: func(uplink.State) {}, Ceiling: 5 * time.Second,
		Dial: func(ctx context.Context) (uplink.Link, error) {
			c, err := link.Dialer{URL: "wss://hq.test/road", TLS: config, Net: r.nets[random.IntN(len(r.nets))].Dial}.Dial(ctx)
			if err != nil {
				return nil, err
			}
			return c, nil
		},
	}
	if err := u.Run(ctx); err != nil {
		t.Error(err)
	}
}

// anyCentre admits whom the root has certified.
type anyCentre struct{}

func (anyCentre) Admit(cert *x509.Certificate) (id.Centre, error) { return roster.CentreOf(cert) }

// nobody watches.
type nobody struct{}

func (nobody) Heard(chain.Incarnation, chain.Position, chain.Position, time.Time) {}
func (nobody) Told(chain.Incarnation, string, wire.Beat, time.Time)               {}
func (nobody) Refused(id.Centre, string, string, time.Time)                       {}
func (nobody) Gone(chain.Incarnation, time.Time)                                  {}
