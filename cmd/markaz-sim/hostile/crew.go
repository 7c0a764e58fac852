package hostile

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"

	"markaz.example/cmd/markaz-sim/client"
)

// Crew is everybody who means harm.
type Crew struct {
	Public, Desks string // listeners, host:port
	Root          string // file of the box's authority: it is handed out to everybody
	Each          int    // hostiles of every kind
	Only          string // one kind; empty for all

	oneAddress bool // all of them sit behind one

	mu    sync.Mutex
	tally map[string]*Count // guarded by mu
}

// Count is what came of one kind.
type Count struct {
	Tries   int // connections or requests
	Cut     int // the box hung up
	Refused int // it answered that it will not
	Served  int // it gave what everybody may have
	Harm    int // it did what it must not; each says itself in Said
	Said    string
}

// outcome is what came of one try.
type outcome int

const (
	cut outcome = iota
	refused
	served
	harm
)

// kind is one way to be a nuisance.
type kind struct {
	name  string
	pause time.Duration // between two tries, at the middle
	do    func(context.Context, *hostile) (outcome, error)
}

// kinds are all of them.
func kinds() []kind {
	const usual = time.Second
	return []kind{
		{"slow header", usual, slowHeader}, {"slow body", usual, slowBody}, {"slow reader", usual, slowReader},
		{"says nothing", usual, silent}, {"half a handshake", usual, halfHandshake}, {"huge header", usual, bigHeader},
		{"huge body", usual, bigBody}, {"many sockets", usual, manySockets}, {"deaf socket", usual, deafSocket},
		{"malformed frames", usual, badFrames}, {"compression offered", usual, bomb}, {"reconnects", usual / 5, reconnect},
		{"forged", usual, forge}, {"random bytes", usual, noise}, {"smuggled", usual, smuggle}, {"guesses PINs", usual, guess},
	}
}

// hostile is one of them, at an address.
type hostile struct {
	*Crew
	from net.IP
	n    int // which of its kind
}

// turn is another number each time.
func (h *hostile) turn() int { return rand.IntN(1 << 30) }

// Run lets the crew loose until the context ends.
func (c *Crew) Run(ctx context.Context) {
	crew := slices.DeleteFunc(kinds(), func(k kind) bool { return c.Only != "" && c.Only != k.name })
	c.tally = map[string]*Count{}
	for _, k := range crew { // before anybody counts
		c.tally[k.name] = &Count{}
	}
	var all sync.WaitGroup
	for _, k := range crew {
		for i := range c.Each {
			h := &hostile{c, c.address(i), i}
			all.Go(func() { h.run(ctx, k) })
		}
	}
	all.Wait()
}

// address is where the hostiles of one number come from, one of each kind.
func (c *Crew) address(i int) net.IP {
	if c.oneAddress {
		i = 0
	}
	return net.IPv4(127, 1, byte(i>>7), byte(2*i&0xff|1))
}

func (h *hostile) run(ctx context.Context, k kind) {
	for client.Pause(ctx, time.Duration(rand.Int64N(int64(2*k.pause)))) == nil {
		got, err := k.do(ctx, h)
		if ctx.Err() != nil {
			return // cut short by ourselves
		}
		h.count(k.name, got, err)
	}
}

func (c *Crew) count(kind string, got outcome, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.tally[kind]
	n.Tries++
	switch {
	case got == harm:
		n.Harm++
		n.Said = fmt.Sprint(err)
	case err != nil || got == cut:
		n.Cut++
	case got == refused:
		n.Refused++
	default:
		n.Served++
	}
}

// Tally is what came of each kind.
func (c *Crew) Tally() map[string]Count {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[string]Count{}
	for name, n := range c.tally {
		out[name] = *n
	}
	return out
}

// dial connects to everybody's listener, and hangs up when the context ends.
func (h *hostile) dial(ctx context.Context, address string) (net.Conn, error) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: h.from}, Timeout: answerWait}
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &bound{Conn: conn, stop: context.AfterFunc(ctx, func() { conn.Close() })}, nil
}

// bound is a connection that ends with a context.
type bound struct {
	net.Conn
	stop func() bool
}

func (b *bound) Close() error {
	b.stop()
	return b.Conn.Close()
}

// secure connects to the desks' listener.
func (h *hostile) secure(ctx context.Context) (net.Conn, error) {
	trust, err := client.Trust(h.Root)
	if err != nil {
		return nil, err
	}
	trust.ServerName = "localhost"
	conn, err := h.dial(ctx, h.Desks)
	if err != nil {
		return nil, err
	}
	t := tls.Client(conn, trust)
	t.SetDeadline(time.Now().Add(answerWait))
	if err := t.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return t, nil
}

// drip writes a little again and again until the box hangs up.
func drip(conn net.Conn, first string, more []byte) (outcome, error) {
	defer conn.Close()
	if _, err := io.WriteString(conn, first); err != nil {
		return cut, err
	}
	one := make([]byte, 1)
	for until := time.Now().Add(dripMax); time.Now().Before(until); {
		conn.SetReadDeadline(time.Now().Add(sipEvery))
		switch n, err := conn.Read(one); {
		case n == 1:
			return refused, nil // an answer to a request that was not finished
		case err != nil && !timedOut(err):
			return cut, nil
		}
		if _, err := conn.Write(more); err != nil {
			return cut, nil
		}
	}
	return harm, fmt.Errorf("a connection that gets nowhere was held for %v", dripMax)
}

func timedOut(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout()
}
