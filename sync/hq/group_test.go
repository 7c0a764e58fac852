package hq_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"markaz.example/edge/berth/berthtest"
	"markaz.example/edge/id"
	"markaz.example/sync/fleet"
	"markaz.example/sync/hq"
	"markaz.example/sync/quorum"
	"markaz.example/sync/wire/wiretest"
)

// groupOf makes the files of three nodes of one headquarters.
func groupOf(t *testing.T) (nodes []*place) {
	t.Helper()
	first := newPlace(t)
	for i := range 3 {
		p := &place{dir: first.dir, config: first.config, authority: first.authority}
		p.config.Name = fmt.Sprintf("hq-%d", i+1)
		p.config.Dir, p.config.Certificates = filepath.Join(p.dir, p.config.Name), filepath.Join(p.dir, p.config.Name+"-tls")
		p.config.Peer, p.config.Join = berthtest.Address(t), i > 0
		own, err := p.authority.IssueHQ([]string{"hq.test"}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		node, err := p.authority.IssueNode(p.config.Name, []string{"127.0.0.1"}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(p.authority.SaveHQ(p.config.Certificates, own), p.authority.SaveNode(p.config.Certificates, node)); err != nil {
			t.Fatal(err)
		}
		nodes = append(nodes, p)
	}
	return nodes
}

// unite takes nodes into the group of the first, by its admin door.
func unite(t *testing.T, nodes []*place) {
	t.Helper()
	admin := hq.NewAdminClient(nodes[0].config)
	for _, p := range nodes[1:] {
		in := hq.Member{Name: p.config.Name, Address: p.config.Peer}
		var members []quorum.MemberState
		wait(t, "the group takes in "+in.Name, func() bool { return admin.Call(t.Context(), "POST", "/member/add", in, &members) == nil })
		if last := members[len(members)-1]; last.Name != in.Name || !last.Voter || !last.Reached {
			t.Errorf("after %s came: %+v", in.Name, members)
		}
	}
}

// TestBoxesOnFollowers: two boxes are linked to the two nodes that do not lead; the leader is stopped in the middle, comes
// back, and has everything once, as the others do.
func TestBoxesOnFollowers(t *testing.T) {
	nodes := groupOf(t)
	running := make([]*running, len(nodes))
	for i, p := range nodes {
		running[i] = p.start(t)
	}
	unite(t, nodes)
	var ledgers []*wiretest.Ledger
	for i, centre := range []id.Centre{"ISB-01", "LHE-01"} {
		c := wiretest.New(centre, uint64(i))
		c.Grow(3000)
		l := wiretest.NewLedger(c)
		ledgers = append(ledgers, l)
		defer nodes[i+1].send(t, l)()
	}
	wait(t, "some of a chain", func() bool { return ledgers[0].Confirmed().Seq > 300 })
	running[0].close(t)
	for _, l := range ledgers {
		l.Grow(300)
	}
	running[0] = nodes[0].start(t)
	for _, l := range ledgers {
		wait(t, "all of "+l.Incarnation().String(), func() bool { return l.Confirmed() == l.Acknowledged() })
	}
	wait(t, "every node holds all", func() bool { return allHold(t, nodes) })
	for _, r := range running {
		wait(t, "every node's page shows the boxes of all", func() bool { return r.Fleet().Report().In(fleet.Live) == 2 })
	}
	for _, r := range running {
		r.stop()
	}
	for _, r := range running {
		r.close(t)
	}
	for _, p := range nodes {
		for _, l := range ledgers {
			compare(t, p, l)
		}
	}
}

// allHold asks each node whether all have the same entries.
func allHold(t *testing.T, nodes []*place) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var members []quorum.MemberState
	if err := hq.NewAdminClient(nodes[1].config).Call(ctx, "GET", "/member", struct{}{}, &members); err != nil {
		t.Fatal(err)
	}
	for _, m := range members {
		if !m.Reached || m.Applied != members[0].Applied {
			return false
		}
	}
	return len(members) == len(nodes)
}

// TestNodeCertificateIsChecked: another node's certificate, or one for another address, is named at the start.
func TestNodeCertificateIsChecked(t *testing.T) {
	nodes := groupOf(t)
	c := nodes[0].config
	c.Certificates = nodes[1].config.Certificates
	if _, err := hq.Open(c, quiet()); err == nil {
		t.Error("another node's certificate is taken")
	}
	c = nodes[0].config
	c.Peer = "10.9.9.9:1"
	if _, err := hq.Open(c, quiet()); err == nil {
		t.Error("a certificate for another address is taken")
	}
}
