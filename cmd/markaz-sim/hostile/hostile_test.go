package hostile

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/cmd/markaz-sim/gauge"
	"markaz.example/edge/web/api"
	"markaz.example/edge/web/webtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// counted is a listener that knows how many of its connections are open, and how many were at most.
type counted struct {
	net.Listener
	open, most atomic.Int64
}

func (c *counted) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	for now := c.open.Add(1); ; {
		most := c.most.Load()
		if now <= most || c.most.CompareAndSwap(most, now) {
			return &countedConn{Conn: conn, of: c}, nil
		}
	}
}

type countedConn struct {
	net.Conn
	of   *counted
	gone atomic.Bool
}

func (c *countedConn) Close() error {
	if !c.gone.Swap(true) {
		c.of.open.Add(-1)
	}
	return c.Conn.Close()
}

func listen(t *testing.T) *counted {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return &counted{Listener: l}
}

// crewOf is a crew of few addresses, so that what one address may hold is what bounds it.
func crewOf(t *testing.T, c *webtest.Centre, public, desks net.Listener, each int) *Crew {
	t.Helper()
	root := filepath.Join(t.TempDir(), "root.crt")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Notary.Root().Raw})
	if err := os.WriteFile(root, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return &Crew{Public: public.Addr().String(), Desks: desks.Addr().String(), Root: root, Each: each}
}

// addresses are of the crew. What each may hold is bounded by edge/web: 48 connections, of which 16 have said nothing yet.
const (
	addresses   = 4
	connections = 48
	fresh       = 16
	storm       = 4 * time.Second
)

// Whatever the crew does, nothing of it is done, what it holds is bounded by its addresses, the floor goes on beside it and
// its counts are its own, and afterwards nothing is left.
func TestCrewIsHeldOff(t *testing.T) {
	c := webtest.Start(t)
	c.Stop()
	c.Own = []netip.Prefix{netip.MustParsePrefix(Network)}
	c.Start()
	c.Staff()
	public, desks := listen(t), listen(t)
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- c.Site.Serve(ctx, public, desks, c.Notary.TLS()) }()
	crew := crewOf(t, c, public, desks, addresses)
	rough, end := context.WithTimeout(ctx, storm)
	defer end()
	done := make(chan struct{})
	go func() { crew.Run(rough); close(done) }()
	asked := 0
	box := client.At(func(path string) string { return c.At(path) + path }, crew.Root, nil)
	defer box.Close()
	for rough.Err() == nil { // a kiosk of the centre, all the while
		if _, err := box.Ask(ctx, "1", time.Now().String(), []string{"kafaalat"}); err != nil {
			t.Fatal("the kiosk, beside the crew:", err)
		}
		asked++
		if client.Pause(rough, 20*time.Millisecond) != nil {
			break
		}
	}
	<-done
	tried := 0
	for name, n := range crew.Tally() {
		tried += n.Tries
		if n.Harm > 0 {
			t.Errorf("%s: %d times: %s", name, n.Harm, n.Said)
		}
	}
	if tried < len(kinds()) { // how often depends on the machine
		t.Errorf("the crew tried only %d times", tried)
	}
	if most := public.most.Load(); most > addresses*connections {
		t.Errorf("%d addresses held %d connections, want at most %d each", addresses, most, connections)
	}
	f, err := c.Floor.Figures(ctx)
	if err != nil || f.Asked != asked || asked == 0 {
		t.Errorf("the kiosk gave %d numbers, the floor counts %d (%v)", asked, f.Asked, err)
	}
	for until := time.Now().Add(time.Minute); public.open.Load()+desks.open.Load() > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("%d connections are left", public.open.Load()+desks.open.Load())
		}
	}
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// The control: the same pages behind a server without bounds let the same crew hold as much as it likes.
func TestCrewControl(t *testing.T) {
	c := webtest.Start(t)
	public := listen(t)
	naked := &http.Server{Handler: c.Site.Public()}
	served := make(chan error, 1)
	go func() { served <- naked.Serve(public) }()
	crew := crewOf(t, c, public, public, 40)
	crew.Only = "says nothing"
	ctx, end := context.WithTimeout(t.Context(), storm)
	defer end()
	crew.oneAddress = true
	crew.Run(ctx)
	if most := public.most.Load(); most <= fresh {
		t.Errorf("without bounds one address held %d connections: the crew is too tame to prove anything", most)
	}
	if err := errors.Join(naked.Close(), <-served); !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}

// A report that finds no fault proves nothing: each bar is missed once.
func TestBarsAreHeld(t *testing.T) {
	took := func(calm, storm time.Duration) map[string][]time.Duration {
		return map[string][]time.Duration{"calm": {calm}, "storm": {storm}}
	}
	const ms = time.Millisecond
	well := []gauge.Usage{{Most: 60 << 20, Files: 500}, {Most: 61 << 20, Files: 500}}
	for name, tc := range map[string]struct {
		took  map[string][]time.Duration
		used  []gauge.Usage
		harm  int
		asked int
		want  error
	}{
		"good":      {took(5*ms, 9*ms), well, 0, 7, nil},
		"slow":      {took(5*ms, 11*ms), well, 0, 7, ErrSlow},
		"growing":   {took(5*ms, 9*ms), []gauge.Usage{{Most: 60 << 20}, {Most: 70 << 20}}, 0, 7, ErrGrowing},
		"open":      {took(5*ms, 9*ms), []gauge.Usage{{Files: filesMax + 1}}, 0, 7, ErrOpen},
		"harm":      {took(5*ms, 9*ms), well, 1, 7, ErrHarm},
		"a number":  {took(5*ms, 9*ms), well, 0, 8, ErrCount},
		"no storms": {map[string][]time.Duration{"calm": {ms}}, well, 0, 7, ErrCount},
	} {
		r := &Run{Out: io.Discard, floor: &floor{took: tc.took, asked: 7, done: 3}}
		err := r.report(tc.used, map[string]Count{"forged": {Tries: 1, Harm: tc.harm}}, api.Figures{Asked: tc.asked, Done: 3})
		if !errors.Is(err, tc.want) || (err == nil) != (tc.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
}
