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

	"markaz.example/edge/box"
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
	var ours, limit samples
	var our, lim drained
	for round := range b.rounds {
		var err error
		if lim, err = copyOnce(b, filepath.Join(b.dir, "copied")); err != nil {
			return nil, fmt.Errorf("copy: %w", err)
		}
		if our, err = drainOnce(b, filepath.Join(b.dir, fmt.Sprint("hq-", round)), secrets); err != nil {
			return nil, fmt.Errorf("drain: %w", err)
		}
		ours, limit = append(ours, our.rate()), append(limit, lim.rate())
	}
	return []row{{
		what: fmt.Sprintf("drain %d waiting records to a durable headquarters (%s)", our.Records, b.centre), ours: perSecond(ours.median()),
		limit: "the same bytes zstd, one TCP connection, sha256, fsync " + perSecond(limit.median()), ratio: ours.median() / limit.median(), goal: "1",
	}, {
		what: "drain, on the wire", ours: fmt.Sprintf("%.1f bytes a record", our.onWire()),
		limit: fmt.Sprintf("%.1f", lim.onWire()), ratio: lim.onWire() / our.onWire(), goal: "30 or fewer",
	}, {
		what: "drain, resident at the box", ours: our.Near.String(), limit: lim.Near.String(), goal: "100 MB",
	}, {
		what: "drain, resident at headquarters", ours: our.Far.String(), limit: lim.Far.String(), goal: "100 MB",
	}}, nil
}

const hqName = "hq.bench"

// makeSecrets is an authority and the certificates of both ends.
func makeSecrets(dir string) error {
	now := time.Now()
	a, err := roster.NewAuthority(now)
	if err != nil {
		return err
	}
	far, err := a.IssueHQ([]string{hqName}, now)
	if err != nil {
		return err
	}
	near, err := a.IssueBox(centreCode, now)
	if err != nil {
		return err
	}
	return errors.Join(a.SaveHQ(filepath.Join(dir, "hq"), far), a.SaveBox(filepath.Join(dir, "box"), near))
}

// drainOnce is one drain into an empty headquarters.
func drainOnce(b *bench, dir, secrets string) (d drained, err error) {
	defer os.RemoveAll(dir)
	far, err := startPart("headquarters", dir, filepath.Join(secrets, "hq"))
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, far.end()) }()
	var address string
	if err := far.hear(&address); err != nil {
		return d, err
	}
	near, err := startPart("box", b.centre.ledger, address, filepath.Join(secrets, "box"))
	if err != nil {
		return d, err
	}
	if err := errors.Join(near.hear(&d), near.end()); err != nil {
		return d, err
	}
	far.in.Close()
	return d, far.hear(&d.Far)
}

const rosterText = "[[centre]]\ncode = \"" + centreCode + "\"\nname = \"Islamabad G-9\"\nname_ur = \"اسلام آباد\"\ndistrict = \"Islamabad\"\n"

// headquartersPart is a whole headquarters node, as the program composes it.
func headquartersPart(args []string) error {
	dir, secrets := args[0], args[1]
	list := filepath.Join(dir, "roster.toml")
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(list, []byte(rosterText), 0o600)); err != nil {
		return err
	}
	h, err := hq.Open(hq.Config{
		Name: "hq-1", Dir: filepath.Join(dir, "data"), Roster: list, Certificates: secrets, Road: "127.0.0.1:0", Page: "127.0.0.1:0",
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	select {
	case <-h.Ready():
	case err := <-ended:
		return err
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
		Ledger: l, Key: key, Software: "bench", Wall: time.Now,
		Random: mathrand.New(mathrand.NewPCG(1, 1)), Log: slog.New(slog.DiscardHandler),
		Dial: func(ctx context.Context) (uplink.Link, error) { return d.Dial(ctx) },
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
