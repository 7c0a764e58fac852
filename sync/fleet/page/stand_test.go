package page_test

import (
	"context"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"markaz.example/edge/berth/berthtest"
	"markaz.example/sync/fleet/fleettest"
	"markaz.example/sync/fleet/page"
)

// stand is a headquarters of pages alone, over the generated fleet.
type stand struct {
	*fleettest.Fleet
	URL  string
	t    testing.TB
	addr string
	stop func()
}

// start serves until the test ends.
func start(t testing.TB) *stand {
	t.Helper()
	s := &stand{Fleet: fleettest.New(time.Now), t: t, addr: berthtest.Address(t)}
	s.Start()
	t.Cleanup(func() { s.stop() })
	return s
}

// Start serves again, where it did before.
func (s *stand) Start() {
	s.t.Helper()
	l, err := net.Listen("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.URL = "http://" + s.addr
	site := page.New(s.Fleet.Fleet, page.Config{Fonts: fonts(), Zone: time.FixedZone("PKT", 5*3600), Log: slog.New(slog.DiscardHandler)})
	server := &http.Server{Handler: site.Handler()}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { site.Run(ctx) })
	wg.Go(func() { s.Fleet.Run(ctx) })
	wg.Go(func() { server.Serve(l) })
	s.stop = sync.OnceFunc(func() {
		cancel()
		server.Close()
		wg.Wait()
	})
}

// fonts are the ones that headquarters serves: with others words are wider, and a page that fits may not.
func fonts() fs.FS { return os.DirFS(filepath.Join("..", "..", "..", "devices", "slip", "fonts")) }
