package usb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"

	"markaz.example/devices/port"
)

// Server hands the interfaces of a Bus to whoever connects. Set the fields before Run.
type Server struct {
	Bus Bus
	Log *slog.Logger // nil means silence

	looking sync.Mutex // one look at the bus at a time: each opens every device that it describes

	mu    sync.Mutex
	taken map[place]bool // guarded by mu: interfaces that are open, or being opened
}

// place names an interface on the bus.
type place struct {
	path           string
	config, number int
}

// Listen makes the socket at path, for its owner and group. A socket that a killed process left is replaced; one that
// answers is an error.
func Listen(path string) (net.Listener, error) {
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return nil, fmt.Errorf("serve %s: %w", path, port.ErrBusy)
	}
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == os.ModeSocket {
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("remove the socket of a process that ended: %w", err)
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o660); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Run serves until the context ends, and closes the listener. When it returns every interface has been released and the
// kernel's drivers have theirs back. The error is nil when the context ended.
func (s *Server) Run(ctx context.Context, l net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	var parts sync.WaitGroup
	parts.Go(func() { <-ctx.Done(); l.Close() })
	defer parts.Wait()
	defer cancel()
	places := make(chan struct{}, connectionsMax)
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("accept a connection: %w", err)
		}
		select {
		case places <- struct{}{}:
		default:
			s.log().Warn("too many connections", "most", connectionsMax)
			conn.Close()
			continue
		}
		parts.Go(func() { defer func() { <-places }(); s.Serve(ctx, conn) })
	}
}

// Serve is one connection, until either end is gone. It closes the connection and the interface that was opened on it.
func (s *Server) Serve(ctx context.Context, conn net.Conn) {
	ctx, cancel := context.WithCancel(ctx)
	v := &service{server: s, conn: conn, calls: make(map[uint32]context.CancelFunc)}
	var parts sync.WaitGroup
	parts.Go(func() { <-ctx.Done(); conn.Close() })
	err := v.listen(ctx, &parts)
	cancel()
	parts.Wait()
	if released := v.release(); released != nil {
		s.log().Warn("release USB device", "path", v.device.Path, "err", released)
	}
	if errors.Is(err, ErrProtocol) {
		s.log().Warn("connection ended", "err", err)
	}
}

func (s *Server) log() *slog.Logger {
	if s.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return s.Log
}

// list looks at the bus.
func (s *Server) list(ctx context.Context, raw []ID) ([]Device, error) {
	s.looking.Lock()
	defer s.looking.Unlock()
	return s.Bus.List(ctx, raw)
}

// take makes an interface ours among all connections.
func (s *Server) take(d Device) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := placeOf(d)
	if s.taken[p] {
		return port.ErrBusy
	}
	if s.taken == nil {
		s.taken = make(map[place]bool)
	}
	s.taken[p] = true
	return nil
}

func (s *Server) giveBack(d Device) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.taken, placeOf(d))
}

func placeOf(d Device) place { return place{d.Path, d.Interface.Config, d.Interface.Number} }
