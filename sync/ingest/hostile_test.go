package ingest_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"markaz.example/edge/chain"
	"markaz.example/sync/link"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

// stranger speaks to headquarters in frames of its own making.
type stranger struct {
	testing.TB
	ws *websocket.Conn
}

func (r *road) stranger(t testing.TB, centre string) stranger {
	t.Helper()
	d := websocket.Dialer{TLSClientConfig: r.ca.box(t, centre), Subprotocols: []string{"markaz.road.1"}}
	ws, _, err := d.Dial(r.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.Close() })
	return stranger{t, ws}
}

func (s stranger) say(frame []byte) {
	s.Helper()
	if err := s.ws.WriteMessage(websocket.BinaryMessage, frame); err != nil {
		s.Log("write:", err) // headquarters may have ended the link; what it said before decides
	}
}

func (s stranger) send(m wire.Message) {
	s.Helper()
	frame, err := wire.Encode(m)
	if err != nil {
		s.Fatal(err)
	}
	s.say(frame)
}

// hear gives the next message, or nil at the end of the link.
func (s stranger) hear() wire.Message {
	s.Helper()
	_ = s.ws.SetReadDeadline(time.Now().Add(time.Minute))
	_, frame, err := s.ws.ReadMessage()
	if err != nil {
		s.Log("read:", err)
		return nil
	}
	m, err := wire.Decode(frame)
	if err != nil {
		s.Fatal(err)
	}
	return m
}

func (s stranger) refusal() wire.Refusal {
	s.Helper()
	for {
		switch m := s.hear().(type) {
		case nil:
			return wire.Refusal{Code: "(link ended without a word)"}
		case wire.Refusal:
			return m
		}
	}
}

func (s stranger) greet(c *wiretest.Chain) wire.Welcome {
	s.Helper()
	s.send(hello(c))
	w, ok := s.hear().(wire.Welcome)
	if !ok {
		s.Fatal("no Welcome")
	}
	return w
}

func hello(c *wiretest.Chain) wire.Hello {
	return wire.Hello{Version: wire.Version, Incarnation: c.In, Head: c.Head(), Key: c.Public(), Software: "stranger"}
}

func batch(t testing.TB, c *wiretest.Chain, from, to uint64) wire.Batch {
	t.Helper()
	b, err := wire.Pack(c.Key, c.In, c.At(from-1), 0, c.Records(from, to))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Each is refused with its name, by a headquarters that then still serves an honest box.
func TestHostileFramesAreRefusedByName(t *testing.T) {
	r := newRoad(t, nil, "ISB-01", "LHE-01")
	honest := wiretest.New("LHE-01", 2)
	honest.Grow(100)
	states, _ := r.box(t, wiretest.NewLedger(honest), r.dialer(t, "LHE-01"))
	await(t, states, "up", func(s uplink.State) bool { return s.Up })

	c := wiretest.New("ISB-01", 1)
	c.Grow(40)
	other := wiretest.New("LHE-01", 3)
	forged := batch(t, c, 1, 10)
	forged.Checkpoint = chain.Sign(other.Key, c.In, forged.Last(), 0)
	short := batch(t, c, 1, 10)
	short.Block = short.Block[:20]
	swapped := batch(t, c, 1, 10)
	swapped.Block = batch(t, c, 11, 20).Block
	swapped.RawBytes = batch(t, c, 11, 20).RawBytes
	encoded := func(m wire.Message) []byte {
		b, err := wire.Encode(m)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}

	for name, h := range map[string]struct {
		want  string
		greet bool
		say   [][]byte
	}{
		"garbage":                {wire.CodeMalformed, false, [][]byte{[]byte("GET / HTTP/1.1\r\n\r\n")}},
		"empty frame":            {wire.CodeMalformed, false, [][]byte{{}}},
		"unknown kind":           {wire.CodeMalformed, true, [][]byte{{99, 0xa0}}},
		"batch before hello":     {wire.CodeOrder, false, [][]byte{encoded(batch(t, c, 1, 10))}},
		"second hello":           {wire.CodeOrder, true, [][]byte{encoded(hello(c))}},
		"headquarters' message":  {wire.CodeOrder, true, [][]byte{encoded(wire.Ack{Held: c.Head()})}},
		"another centre's chain": {wire.CodeCentre, false, [][]byte{encoded(hello(other))}},
		"another chain's batch":  {wire.CodeOrder, true, [][]byte{encoded(batch(t, honest, 1, 10))}},
		"another key":            {wire.CodeKey, true, [][]byte{encoded(forged)}},
		"truncated block":        {wire.CodeMalformed, true, [][]byte{encoded(short)}},
		"another's records":      {wire.CodeMalformed, true, [][]byte{encoded(swapped)}},
		"bomb":                   {wire.CodeMalformed, true, [][]byte{encoded(bomb(t, c))}},
		"reordered":              {wire.CodeGap, true, [][]byte{encoded(batch(t, c, 11, 20)), encoded(batch(t, c, 1, 10))}},
	} {
		t.Run(name, func(t *testing.T) {
			s := r.stranger(t, "ISB-01")
			if h.greet {
				s.greet(c)
			}
			for _, frame := range h.say {
				s.say(frame)
			}
			if got := s.refusal(); got.Code != h.want {
				t.Errorf("got %q (%s), want %q", got.Code, got.Detail, h.want)
			}
			if !slices.Contains(r.watcher.codes(), h.want) {
				t.Errorf("the fleet page was not told")
			}
		})
	}
	await(t, states, "drained", caughtUp(100))
	r.same(t, honest)
}

// bomb is a batch in good order whose block would be 64 MiB.
func bomb(t testing.TB, c *wiretest.Chain) wire.Batch {
	b := batch(t, c, 1, 10)
	zeros := wiretest.New("ISB-01", 9)
	zeros.Append(map[int][]byte{1: bytes.Repeat([]byte{0}, 60_000)})
	one := batch(t, zeros, 1, 1).Block
	b.Block = bytes.Repeat(one, 1100) // frames of zstd one after the other decompress one after the other
	return b
}

func TestReplayedFramesChangeNothing(t *testing.T) {
	r := newRoad(t, nil, "ISB-01")
	c := wiretest.New("ISB-01", 1)
	c.Grow(30)
	tape := []wire.Batch{batch(t, c, 1, 10), batch(t, c, 11, 20), batch(t, c, 21, 30)}
	for round := range 3 {
		s := r.stranger(t, "ISB-01")
		s.greet(c)
		for _, b := range tape {
			s.send(b)
		}
		for i, b := range tape {
			want := b.Last()
			if round > 0 {
				want = c.Head() // a duplicate is answered with what is held
			}
			if got := s.hear(); got != (wire.Ack{Held: want}) {
				t.Errorf("round %d, batch %d: got %v, want an acknowledgement of %s", round, i, got, want)
			}
		}
	}
	r.same(t, c)
}

func TestOversizedFrameEndsTheLink(t *testing.T) {
	r := newRoad(t, nil, "ISB-01")
	s := r.stranger(t, "ISB-01")
	s.say(make([]byte, 4*wire.FrameBytesMax))
	if m := s.hear(); m != nil {
		t.Errorf("got %v, want the end of the link", m)
	}
}

func TestWhoMayNotEnter(t *testing.T) {
	r := newRoad(t, nil, "ISB-01")
	for name, d := range map[string]struct {
		dial link.Dialer
		want string
	}{
		"no certificate": {link.Dialer{URL: r.url, TLS: &tls.Config{RootCAs: r.ca.pool, ServerName: "hq.test"}}, "client certificate"},
		"unknown centre": {r.dialer(t, "KHI-99"), "not in the roster"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.dial.Dial(t.Context())
			if !errors.Is(err, link.ErrRefused) || !strings.Contains(err.Error(), "403") || !strings.Contains(err.Error(), d.want) {
				t.Errorf("got %v, want ErrRefused with 403 and %q", err, d.want)
			}
		})
	}
	t.Run("another authority's certificate", func(t *testing.T) {
		d := r.dialer(t, "ISB-01")
		d.TLS.Certificates = newAuthority(t).box(t, "ISB-01").Certificates
		if c, err := d.Dial(t.Context()); err == nil {
			c.Close("")
			t.Error("it was let in")
		}
	})
	t.Run("false headquarters", func(t *testing.T) {
		d := r.dialer(t, "ISB-01")
		d.TLS.RootCAs = newAuthority(t).pool
		var unknown x509Error
		if _, err := d.Dial(t.Context()); err == nil || !errors.As(err, &unknown) {
			t.Errorf("got %v, want a certificate error", err)
		}
	})
	t.Run("a page in a browser", func(t *testing.T) {
		d := websocket.Dialer{TLSClientConfig: r.ca.box(t, "ISB-01"), Subprotocols: []string{"markaz.road.1"}}
		_, answer, err := d.Dial(r.url, http.Header{"Origin": {"https://evil.example"}})
		if err == nil || answer.StatusCode != http.StatusForbidden {
			t.Errorf("got %v, want 403", err)
		}
	})
}

type x509Error = *tls.CertificateVerificationError

func TestBusyGroupIsTriedAgain(t *testing.T) {
	r := newRoad(t, nil, "ISB-01")
	r.group.err = errors.New("no leader")
	c := wiretest.New("ISB-01", 1)
	c.Grow(10)
	states, _ := r.box(t, wiretest.NewLedger(c), r.dialer(t, "ISB-01"))
	await(t, states, "told that headquarters is busy", func(s uplink.State) bool { return s.Code == wire.CodeBusy })
	r.group.mu.Lock()
	r.group.err = nil
	r.group.mu.Unlock()
	s := await(t, states, "drained", caughtUp(10))
	if s.Code != "" {
		t.Errorf("still says %q", s.Code)
	}
}

func TestANewerLinkReplacesAnOlder(t *testing.T) {
	r := newRoad(t, nil, "ISB-01")
	c := wiretest.New("ISB-01", 1)
	old := r.stranger(t, "ISB-01")
	old.greet(c)
	r.stranger(t, "ISB-01").greet(c)
	if got := old.refusal(); got.Code != wire.CodeReplaced || got.Fatal {
		t.Errorf("got %+v, want %q", got, wire.CodeReplaced)
	}
}

// What is refused before the link opens has no effect on Run's end: it waits for all.
func TestServerEndsItsLinks(t *testing.T) {
	r := newRoad(t, nil, "ISB-01")
	s := r.stranger(t, "ISB-01")
	s.greet(wiretest.New("ISB-01", 1))
	go r.stop()
	if m := s.hear(); m != nil {
		t.Errorf("got %v, want the end of the link", m)
	}
	r.stop()
}
