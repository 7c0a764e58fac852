package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"markaz.example/edge/berth"
	"markaz.example/edge/box"
	"markaz.example/edge/door"
	"markaz.example/edge/ledger"
	"markaz.example/sync/hq"
	"markaz.example/sync/link"
	"markaz.example/sync/roster"
	"markaz.example/sync/uplink"
)

// drained is what one way of bringing everything to headquarters came to.
type drained struct {
	Records   uint64
	Seconds   float64 // from nothing to the last acknowledgement
	Wire      int64   // bytes that the box's side wrote to its socket
	Near, Far memory
}

func (d drained) rate() float64   { return float64(d.Records) / d.Seconds }
func (d drained) onWire() float64 { return float64(d.Wire) / float64(d.Records) }

// drainRates lets a box that was cut off send everything that waits to headquarters, each a process of its own, in turns
// with the limit: the same stored bytes from a flat file, compressed at the same level while they are sent over one TCP
// connection without TLS, hashed as they arrive, written as they arrive, and synced at the end.
func drainRates(b *bench) ([]row, error) {
	secrets := filepath.Join(b.dir, "secrets")
	if err := makeSecrets(secrets); err != nil {
		return nil, err
	}
	sealed := filepath.Join(b.dir, "sealed.db")
	if err := sealCopy(b.centre.ledger, sealed); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	var one, three, rows, limit, peers samples
	var alone, group, unsealed, lim, peer drained
	for round := range b.rounds {
		var err error
		if lim, err = copyOnce(b, filepath.Join(b.dir, "copied")); err != nil {
			return nil, fmt.Errorf("copy: %w", err)
		}
		if alone, err = drainOnce(b, filepath.Join(b.dir, fmt.Sprint("alone-", round)), secrets, sealed, 1); err != nil {
			return nil, fmt.Errorf("drain into one node: %w", err)
		}
		if group, err = drainOnce(b, filepath.Join(b.dir, fmt.Sprint("group-", round)), secrets, sealed, groupNodes); err != nil {
			return nil, fmt.Errorf("drain into three nodes: %w", err)
		}
		if unsealed, err = drainOnce(b, filepath.Join(b.dir, fmt.Sprint("rows-", round)), secrets, b.centre.ledger, groupNodes); err != nil {
			return nil, fmt.Errorf("drain rows into three nodes: %w", err)
		}
		if peer, err = natsOnce(b, filepath.Join(b.dir, fmt.Sprint("nats-", round))); err != nil {
			return nil, fmt.Errorf("nats: %w", err)
		}
		one, three, rows = append(one, alone.rate()), append(three, group.rate()), append(rows, unsealed.rate())
		limit, peers = append(limit, lim.rate()), append(peers, peer.rate())
	}
	copied := "the same bytes zstd, one TCP connection, sha256, fsync "
	nats := "NATS JetStream, leaf to three replicas, every write synced, s2: "
	return []row{{
		what: fmt.Sprintf("drain %d waiting records to three durable nodes, sealed while the box idled (%s)", group.Records, b.centre), ours: perSecond(three.median()),
		limit: nats + perSecond(peers.median()), ratio: three.median() / peers.median(), goal: "8, the aim 15",
	}, {
		what: "the same", ours: perSecond(three.median()), limit: copied + perSecond(limit.median()), ratio: three.median() / limit.median(), goal: "1",
	}, {
		what: "the same, not sealed before", ours: perSecond(rows.median()), limit: nats + perSecond(peers.median()), ratio: rows.median() / peers.median(),
	}, {
		what: "drain to one durable node", ours: perSecond(one.median()), limit: copied + perSecond(limit.median()), ratio: one.median() / limit.median(),
	}, {
		what: "drain, on the wire", ours: fmt.Sprintf("%.1f bytes a record, %.1f when not sealed before", group.onWire(), unsealed.onWire()),
		limit: fmt.Sprintf("copied %.1f, NATS %.1f", lim.onWire(), peer.onWire()), ratio: peer.onWire() / group.onWire(), goal: "30 or fewer",
	}, {
		what: "drain, resident at the box", ours: group.Near.String(),
		limit: "copied " + lim.Near.String() + ", NATS " + peer.Near.String(), goal: "100 MB",
	}, {
		what: "drain, resident at the node that needed most", ours: group.Far.String(),
		limit: "copied " + lim.Far.String() + ", NATS " + peer.Far.String(), goal: "100 MB",
	}}, nil
}

const (
	hqName     = "hq.bench"
	groupNodes = 3
)

// makeSecrets is an authority and the certificates of both ends.
func makeSecrets(dir string) error {
	now := time.Now()
	a, err := roster.NewAuthority(now)
	if err != nil {
		return err
	}
	near, err := a.IssueBox(centreCode, now)
	if err != nil {
		return err
	}
	faults := []error{a.SaveBox(filepath.Join(dir, "box"), near)}
	for i := range groupNodes {
		far, err := a.IssueHQ([]string{hqName}, now)
		if err != nil {
			return err
		}
		node, err := a.IssueNode(nodeName(i), []string{"127.0.0.1"}, now)
		if err != nil {
			return err
		}
		own := filepath.Join(dir, nodeName(i))
		faults = append(faults, a.SaveHQ(own, far), a.SaveNode(own, node))
	}
	return errors.Join(faults...)
}

// sealCopy is a ledger as it is after a quiet hour.
func sealCopy(from, to string) error {
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		return err
	}
	_, err = ledger.SealFile(context.Background(), to, nil)
	return err
}

// drainOnce is one drain of a ledger into an empty headquarters of so many nodes.
func drainOnce(b *bench, dir, secrets, file string, nodes int) (d drained, err error) {
	defer os.RemoveAll(dir)
	group, road, err := startGroup(dir, secrets, nodes)
	defer func() { err = errors.Join(err, endAll(group)) }()
	if err != nil {
		return d, err
	}
	near, err := startPart("box", file, road, filepath.Join(secrets, "box"))
	if err != nil {
		return d, err
	}
	if err := errors.Join(near.hear(&d), near.end()); err != nil {
		return d, err
	}
	d.Far, err = mostMemory(group)
	return d, err
}

// startGroup starts a headquarters, each node a process, and gives where boxes dial its leader.
func startGroup(dir, secrets string, nodes int) (group []*process, road string, err error) {
	peers, err := berth.Addresses(nodes)
	if err != nil {
		return nil, "", err
	}
	for i := range nodes {
		args := []string{"headquarters", filepath.Join(dir, nodeName(i)), filepath.Join(secrets, nodeName(i)), nodeName(i)}
		if nodes > 1 {
			args = append(args, peers[i])
		}
		p, err := startPart(args...)
		if err != nil {
			return group, "", err
		}
		group = append(group, p)
	}
	if err := group[0].hear(&road); err != nil {
		return group, "", err
	}
	first := hq.NewAdminClient(hq.Config{Dir: filepath.Join(dir, nodeName(0), "data")})
	for i := 1; i < nodes; i++ {
		var ignored string
		if err := group[i].hear(&ignored); err != nil {
			return group, "", err
		}
		if err := join(first, nodeName(i), peers[i]); err != nil {
			return group, "", fmt.Errorf("take %s in: %w", nodeName(i), err)
		}
	}
	return group, road, nil
}

func nodeName(i int) string { return fmt.Sprint("hq-", i+1) }

const joinMax = time.Minute

func join(first *door.Client, name, peer string) error {
	ctx, cancel := context.WithTimeout(context.Background(), joinMax)
	defer cancel()
	return first.Call(ctx, "POST", "/member/add", hq.Member{Name: name, Address: peer}, nil)
}

// mostMemory lets every process say what it needed, and gives the most.
func mostMemory(group []*process) (most memory, err error) {
	for _, p := range group {
		var m memory
		p.in.Close()
		if err := p.hear(&m); err != nil {
			return most, err
		}
		if m.Peak > most.Peak {
			most = m
		}
	}
	return most, nil
}

func endAll(group []*process) (err error) {
	for _, p := range group {
		err = errors.Join(err, p.end())
	}
	return err
}

const rosterText = "[[centre]]\ncode = \"" + centreCode + "\"\nname = \"Islamabad G-9\"\nname_ur = \"اسلام آباد\"\ndistrict = \"Islamabad\"\n"

// headquartersPart is a whole headquarters node, as the program composes it: alone, or one of a group when it is given
// an address for its peers.
func headquartersPart(args []string) error {
	dir, secrets, name := args[0], args[1], args[2]
	list := filepath.Join(dir, "roster.toml")
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(list, []byte(rosterText), 0o600)); err != nil {
		return err
	}
	c := hq.Config{
		Name: name, Dir: filepath.Join(dir, "data"), Roster: list, Certificates: secrets, Road: "127.0.0.1:0", Page: "127.0.0.1:0",
	}
	if len(args) > 3 {
		c.Peer, c.Join = args[3], name != nodeName(0)
	}
	h, err := hq.Open(c, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	if !c.Join {
		select {
		case <-h.Ready():
		case err := <-ended:
			return err
		}
	}
	if err := say(h.Road().String()); err != nil {
		return err
	}
	awaitEnd()
	m, err := memoryNow()
	stop()
	return errors.Join(err, say(m), <-ended)
}

// boxPart is the box's ledger and its uplink, without screens and devices.
func boxPart(args []string) error {
	file, address, secrets := args[0], args[1], args[2]
	secret, err := roster.ClientTLS(secrets, hqName, roster.MachineClock)
	if err != nil {
		return err
	}
	l, err := ledger.Open(file, ledger.Options{Books: box.Books(), Software: "bench"})
	if err != nil {
		return err
	}
	defer l.Close()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	var wire atomic.Int64
	d := link.Dialer{URL: "wss://" + address + link.Path, TLS: secret, Net: counting(&wire)}
	u := &uplink.Uplink{
		Ledger: l, Sealed: l.Sealed, Key: key, Software: "bench", Wall: time.Now,
		Random: mathrand.New(mathrand.NewPCG(1, 1)), Log: slog.New(slog.DiscardHandler),
		Dial:    func(ctx context.Context) (uplink.Link, error) { return d.Dial(ctx) },
		Ceiling: time.Millisecond, // it is alone, and waits for nobody
	}
	begun := time.Now()
	if err := drainLedger(l, u); err != nil {
		return err
	}
	took := time.Since(begun).Seconds()
	m, err := memoryNow()
	return errors.Join(err, say(drained{Records: l.Acknowledged().Seq, Seconds: took, Wire: wire.Load(), Near: m}))
}

const drainMax = 5 * time.Minute // a million records take seconds

// drainLedger runs the uplink until headquarters holds everything.
func drainLedger(l *ledger.Ledger, u *uplink.Uplink) error {
	ctx, stop := context.WithTimeout(context.Background(), drainMax)
	defer stop()
	u.Report = func(s uplink.State) {
		if s.Held == l.Acknowledged() {
			stop()
		}
	}
	if err := u.Run(ctx); err != nil {
		return err
	}
	if held := l.Confirmed(); held != l.Acknowledged() {
		return fmt.Errorf("headquarters holds %s after %s, the box %s", held, drainMax, l.Acknowledged())
	}
	return nil
}

func counting(n *atomic.Int64) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		var d net.Dialer
		c, err := d.DialContext(ctx, network, address)
		return &counted{c, n}, err
	}
}

// counted is a connection that counts what is written to it.
type counted struct {
	net.Conn
	n *atomic.Int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.n.Add(int64(n))
	return n, err
}
