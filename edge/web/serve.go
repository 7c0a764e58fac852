package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
)

// Serve answers on a listener until ctx ends, and closes it. Sockets are ended by Run.
func (s *Site) Serve(ctx context.Context, on net.Listener) error {
	server := &http.Server{
		Handler: s, MaxHeaderBytes: headerBytesMax,
		ReadHeaderTimeout: headerTime, ReadTimeout: requestTime, WriteTimeout: answerTime, IdleTimeout: idleTime,
		ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug), // what strangers send is no alarm
	}
	ctx, end := context.WithCancel(ctx)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		shutdown(context.WithoutCancel(ctx), server)
	}()
	err := server.Serve(newCrowd(on))
	end()
	<-stopped
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func shutdown(ctx context.Context, server *http.Server) {
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		server.Close()
	}
}

// crowd is a listener that lets each address hold so many connections and no more. Programs on the box itself are ours.
type crowd struct {
	net.Listener

	mu    sync.Mutex
	held  map[string]int // guarded by mu: connections by address
	total int            // guarded by mu
}

func newCrowd(on net.Listener) *crowd { return &crowd{Listener: on, held: map[string]int{}} }

// Accept closes what is too many, at once: an error would stop the server.
func (c *crowd) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := addressOf(conn)
		if c.admit(from) {
			return &guest{Conn: conn, leave: sync.OnceFunc(func() { c.leave(from) })}, nil
		}
		conn.Close()
	}
}

// addressOf is the peer's address without its port; empty on the box itself.
func addressOf(conn net.Conn) string {
	tcp, ok := conn.RemoteAddr().(*net.TCPAddr)
	if !ok || tcp.IP.IsLoopback() {
		return ""
	}
	return tcp.IP.String()
}

func (c *crowd) admit(from string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.total >= connectionsMax || from != "" && c.held[from] >= addressMax {
		return false
	}
	c.total++
	c.held[from]++
	return true
}

func (c *crowd) leave(from string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total--
	if c.held[from]--; c.held[from] == 0 {
		delete(c.held, from)
	}
}

// guest is an admitted connection.
type guest struct {
	net.Conn
	leave func()
}

// Close frees the place.
func (g *guest) Close() error {
	g.leave()
	return g.Conn.Close()
}
