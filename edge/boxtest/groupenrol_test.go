package boxtest_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/rand/v2"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"markaz.example/edge/box"
	"markaz.example/edge/boxtest"
	"markaz.example/edge/ledger"
	"markaz.example/sync/enrol"
	"markaz.example/sync/fleet"
	"markaz.example/sync/hq"
	"markaz.example/sync/registrar"
	"markaz.example/sync/roster"
	"markaz.example/sync/wire/wiretest"
)

// A code that one follower gave is good at another at once, and asked for again elsewhere, as after an answer that was
// lost, it gives the same certificate. A node without an issuer, or cut off from the others, keeps nobody.
func TestEnrolledAtAFollower(t *testing.T) {
	t.Parallel()
	g := running(t)
	code := g.nodes[1].code(t, false)
	c := wiretest.New("ISB-01", 1)
	next, err := roster.NextKey(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	csr, err := roster.Request(next)
	if err != nil {
		t.Fatal(err)
	}
	head := c.Head()
	q := enrol.Request{Version: 1, Secret: code.Secret[:], Centre: "ISB-01", CSR: csr, Nonce: c.In.Nonce[:], Seq: head.Seq, Hash: head.Hash[:]}.Sign(c.Key)
	var given []enrol.Answer
	g.straits[1].close(true) // hq-2 answers, and can do nothing
	for _, door := range [][]string{{g.nodes[2].config.Road}, {g.nodes[1].config.Road, g.nodes[0].config.Road}} {
		d := enrol.Door{Addresses: door, Name: "hq.test", Clock: roster.MachineClock}
		persist(t, "a certificate", func() error {
			a, _, err := d.Enrol(t.Context(), code, q)
			given = append(given, a)
			return err
		})
	}
	var certs [][]byte
	for _, a := range given {
		if len(a.Certs) > 0 {
			certs = append(certs, a.Certs[0])
		}
	}
	if len(certs) != 2 || !bytes.Equal(certs[0], certs[1]) {
		t.Error("two nodes made two certificates of one code")
	}
}

// The node that gave a challenge dies before the box has shown its proofs: another gives another.
func TestRenewalOutlivesTheChallengesNode(t *testing.T) {
	t.Parallel()
	g := running(t)
	c := boxtest.Config(t.TempDir())
	c.Devices = nil
	g.nodes[1].place(&c, t.TempDir())
	old, err := g.authority.IssueBox("ISB-01", time.Now().AddDate(0, 0, -150))
	if err != nil {
		t.Fatal(err)
	}
	dir := c.Headquarters.Identity
	if err := g.authority.SaveBox(dir, old); err != nil {
		t.Fatal(err)
	}
	b := &boxtest.Box{Config: c}
	b.Up(t)
	b.Await(t, "headquarters to know the chain", func() bool { return g.nodes[0].holds(t, 1) })
	b.Down()

	l, err := ledger.OpenReadOnly(filepath.Join(c.Data, "ledger.db"), box.Books())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	id, err := identityOf(t, c).Open("hq.test", roster.MachineClock)
	if err != nil {
		t.Fatal(err)
	}
	first, tries := g.nodes[2].config.Road, 0
	r := &enrol.Renewer{
		Identity: id, Ledger: l, Key: checkpointKey(t, c), Wall: time.Now, Random: rand.New(rand.NewPCG(1, 1)), Log: quietly(t).Log,
		Door: enrol.Door{
			Addresses: []string{first, g.nodes[1].config.Road}, Name: "hq.test", Clock: roster.MachineClock,
			Net: func(ctx context.Context, network, address string) (net.Conn, error) {
				if address == first {
					if tries++; tries > 1 {
						return nil, errors.New("the node is dead")
					}
				}
				return (&net.Dialer{}).DialContext(ctx, network, address)
			},
		},
	}
	persist(t, "a new certificate", func() error { return r.Look(t.Context()) })
	if until := id.Pair().Cert.NotAfter; until.Before(time.Now().AddDate(0, 0, 100)) {
		t.Errorf("the certificate runs out on %s", until)
	}
}

// secrets are those of a box that is stopped.
func secrets(t testing.TB, c box.Config) box.Secrets {
	t.Helper()
	s, err := box.OpenSecrets(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// identityOf is where a stopped box's certificate and its sealed key are.
func identityOf(t testing.TB, c box.Config) roster.Place {
	return roster.Place{Dir: c.Headquarters.Identity, Secrets: secrets(t, c).Drawer("road")}
}

// checkpointKey is the key that signs the checkpoints of a box.
func checkpointKey(t *testing.T, c box.Config) ed25519.PrivateKey {
	t.Helper()
	text, err := secrets(t, c).Drawer("box").Read(filepath.Join(c.Data, "box.key"))
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, text)
}

func parsed(t *testing.T, text []byte) ed25519.PrivateKey {
	t.Helper()
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(ed25519.PrivateKey)
}

// What one node revokes ends the link that another has.
func TestRevokedElsewhere(t *testing.T) {
	t.Parallel()
	g := running(t)
	c := boxtest.Config(t.TempDir())
	c.Devices = nil
	g.nodes[2].place(&c, t.TempDir())
	g.nodes[2].enrol(t, c, false)
	b := &boxtest.Box{Config: c}
	b.Up(t)
	for _, n := range g.nodes {
		b.Await(t, n.config.Name+" to show the box", func() bool { return n.Fleet().Report().In(fleet.Live) == 1 })
	}
	began := time.Now()
	persist(t, "a revocation", func() error {
		return g.nodes[1].call(t, hq.VerbRevoke, registrar.Revocation{Centre: "ISB-01", Why: "stolen", By: "test"}, nil)
	})
	for _, n := range g.nodes {
		b.Await(t, n.config.Name+" to show no box", func() bool { return n.Fleet().Report().Linked == 0 })
	}
	t.Logf("ended after %s", time.Since(began))
}

// A box is made anew from a group of which the node that it asks first is cut off: it gets no shorter chain, and goes to
// another. The one that was cut off has it all afterwards, and so has one that takes the place of a dead one.
func TestMadeAnewPastALaggingNode(t *testing.T) {
	t.Parallel()
	g := running(t)
	file, lost := lose(t, g.nodes[2], 160)
	g.straits[2].close(true)
	fill(t, lost, 16) // hq-3 has none of these
	lost.Headquarters.Address = g.nodes[1].config.Road
	head, _ := state(t, file)
	b := &boxtest.Box{Config: lost}
	b.Up(t)
	b.Await(t, "the others to hold it all", func() bool { return g.nodes[1].holds(t, head.Seq+1) })
	b.Down()
	head, views := state(t, file)
	if g.nodes[2].holds(t, head.Seq) {
		t.Fatal("the node is not cut off")
	}

	c := boxtest.Config(t.TempDir())
	c.Devices = nil
	g.nodes[1].place(&c, t.TempDir())
	g.nodes[1].enrol(t, c, true)
	// Where a box begins is drawn: two times of three it is the node that is cut off.
	c.Headquarters.Address = strings.Repeat(g.nodes[2].config.Road+",", 2) + g.nodes[0].config.Road
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, at, err := box.Restore(ctx, c, quietly(t), box.Telling{})
	if err != nil || at != head {
		t.Fatalf("read back to %s, %v; want %s", at, err, head)
	}
	if _, got := state(t, filepath.Join(c.Data, "ledger.db")); got != views {
		t.Error("the views are others than the lost box's")
	}

	g.straits[2].close(false)
	g.await(t, "the node to be back", func() bool { return agreed(t, g.nodes[2], 3) })
	c.Headquarters.Address = g.nodes[2].config.Road
	made := &boxtest.Box{Config: c}
	made.Up(t)
	made.Await(t, "the new box's records by way of the node that was away", func() bool { return g.nodes[2].holds(t, head.Seq+1) })
	made.Down()
	for _, n := range g.nodes {
		n.down()
	}
	for _, n := range g.nodes {
		verify(t, n.config, 2)
	}
}
