package peer

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"

	"markaz.example/sync/roster"
)

// What Dial and Call report.
var (
	ErrUnreachable = errors.New("the other node cannot be reached, or does not let this one in")
	ErrAnother     = errors.New("another node answers at this address")
	ErrRefused     = errors.New("the other node refuses the request")
)

// DialRaft opens a connection for raft. It reports ErrUnreachable or ErrAnother.
func (n *Node) DialRaft(ctx context.Context, to Member) (net.Conn, error) {
	return n.dial(ctx, to, protocolRaft)
}

func (n *Node) dial(ctx context.Context, to Member, protocol string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeMax)
	defer cancel()
	host, _, err := net.SplitHostPort(to.Address)
	if err != nil {
		return nil, fmt.Errorf("dial node %s: %w: %w", to.Name, ErrUnreachable, err)
	}
	raw, err := n.config.Dial(ctx, "tcp", to.Address)
	if err != nil {
		return nil, fmt.Errorf("dial node %s: %w: %w", to.Name, ErrUnreachable, err)
	}
	c := tls.Client(raw, n.client(to.Name, host, protocol))
	if err := c.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, fmt.Errorf("dial node %s: %w: %w", to.Name, ErrUnreachable, err)
	}
	return c, nil
}

// client is the TLS of one call: the certificate must prove the name, or raft would count one node's vote for two.
func (n *Node) client(name, host, protocol string) *tls.Config {
	c := n.config.TLS.Clone()
	c.ServerName, c.NextProtos = host, []string{protocol}
	c.VerifyConnection = func(s tls.ConnectionState) error {
		got, err := roster.NodeOf(s.PeerCertificates[0])
		if err == nil && got != name {
			err = fmt.Errorf("%w: %s", ErrAnother, got)
		}
		return err
	}
	return c
}

// Call sends a request to another node and gives its answer; without a body it asks by GET. It reports ErrUnreachable,
// after which nobody knows whether the request had its effect, or ErrRefused.
func (n *Node) Call(ctx context.Context, to Member, path string, body []byte) ([]byte, error) {
	method := http.MethodPost
	if body == nil {
		method = http.MethodGet
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://"+to.Name+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("call node %s: %w", to.Name, err)
	}
	got, err := n.transport(to).RoundTrip(r)
	if errors.Is(err, ErrUnreachable) {
		return nil, err // dial has said it
	}
	if err != nil {
		return nil, fmt.Errorf("call node %s: %w: %w", to.Name, ErrUnreachable, err)
	}
	defer got.Body.Close()
	b, err := readAll(got.Body, answerBytesMax)
	switch {
	case err != nil:
		return nil, fmt.Errorf("call node %s: %w: %w", to.Name, ErrUnreachable, err)
	case got.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("call node %s: %w: %s: %.200q", to.Name, ErrRefused, got.Status, b)
	}
	return b, nil
}

var errTooLarge = errors.New("too many bytes")

func readAll(r io.Reader, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("%w: more than %d", errTooLarge, most)
	}
	return b, err
}

func (n *Node) transport(to Member) *http.Transport {
	n.mu.Lock()
	defer n.mu.Unlock()
	if t, ok := n.clients[to]; ok {
		return t
	}
	t := &http.Transport{
		MaxConnsPerHost: inboxMax, MaxIdleConnsPerHost: inboxMax, IdleConnTimeout: idleMax,
		MaxResponseHeaderBytes: headerBytesMax, DisableCompression: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return n.dial(ctx, to, protocolCalls) },
	}
	n.clients[to] = t
	return t
}

// Handle answers the requests on a path, whose bodies have so many bytes at most. Do is given the caller's name; its error
// is answered as text. It must be called before Run.
func (n *Node) Handle(path string, most int64, do func(ctx context.Context, from string, body []byte) ([]byte, error)) {
	n.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		from, _ := r.Context().Value(callerKey{}).(string)
		if !n.admits(from) {
			http.Error(w, ErrStranger.Error(), http.StatusForbidden)
			return
		}
		if most > 0 { // what has no body takes no room, and is answered however much waits
			select {
			case n.inbox <- struct{}{}:
			case <-r.Context().Done():
				return
			}
			defer func() { <-n.inbox }()
		}
		answer(w, r, most, func(b []byte) ([]byte, error) { return do(r.Context(), from, b) })
	})
}

func answer(w http.ResponseWriter, r *http.Request, most int64, do func([]byte) ([]byte, error)) {
	body, err := readAll(r.Body, most)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	out, err := do(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	_, _ = w.Write(out) // who asked has gone
}

type callerKey struct{}

// serve answers requests until the context ends.
func (n *Node) serve(ctx context.Context) error {
	s := &http.Server{
		Handler: n.mux, ReadHeaderTimeout: headerMax, ReadTimeout: bodyMax, IdleTimeout: idleMax, MaxHeaderBytes: headerBytesMax,
		ErrorLog: slog.NewLogLogger(n.config.Log.Handler(), slog.LevelWarn),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, callerKey{}, c.(*conn).name)
		},
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(n.calls) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopMax)
	defer cancel()
	err := s.Shutdown(stopping)
	if err != nil {
		err = s.Close()
	}
	<-served
	return err
}
