package sbi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"markaz.example/devices/port"
)

// Verbs of the interface.
const (
	verbDiscover = "MOSIPDISC"
	verbInfo     = "MOSIPDINFO"
	verbInfoAlso = "MOSIPINFO" // as the schema of the interface has it
	verbCapture  = "RCAPTURE"
)

// host is where device services are: on this machine and nowhere else.
const host = "127.0.0.1"

// errVerb: the service does not know the verb.
var errVerb = errors.New("device service does not know this request")

// client asks device services. Each question has a connection of its own, as the interface has it.
type client struct{ http http.Client }

type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

// newClient takes a dialer for tests; nil means the machine's own.
func newClient(dial dialer) *client {
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	return &client{http: http.Client{
		Transport: &http.Transport{
			DialContext: tracing(dial), DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: headerBytesMax,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// ask puts one question and returns the answer's body. Its bytes belong to the caller, who wipes them when they hold a
// finger. Errors are port.ErrGone when nothing listens, port.ErrQuiet at the deadline, port.ErrHalf for a cut answer,
// port.ErrBabble for one that is none, errVerb, and the context's own.
func (c *client) ask(ctx context.Context, at int, verb, path string, question any, bytesMax int64) ([]byte, error) {
	t := &trail{}
	b, err := c.exchange(context.WithValue(ctx, trailKey{}, t), at, verb, path, question, bytesMax)
	if err != nil {
		return nil, fmt.Errorf("%s at port %d: %w", verb, at, meaning(ctx, err, t))
	}
	return b, nil
}

func (c *client) exchange(ctx context.Context, at int, verb, path string, question any, bytesMax int64) ([]byte, error) {
	body := []byte("{}")
	if question != nil {
		var err error
		if body, err = json.Marshal(question); err != nil {
			return nil, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, verb, "http://"+net.JoinHostPort(host, strconv.Itoa(at))+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("EXT", "markaz")
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusMethodNotAllowed, http.StatusNotImplemented, http.StatusNotFound, http.StatusBadRequest:
		return nil, errVerb
	default:
		return nil, fmt.Errorf("HTTP status %d: %w", answer.StatusCode, port.ErrBabble)
	}
	return readAll(answer.Body, bytesMax)
}

// trail is how the answer on one connection began and whether the other side hung up. The library calls an answer that is
// cut within its first lines malformed, as it calls any nonsense.
type trail struct {
	mu    sync.Mutex
	first []byte
	ended bool
}

// trailKey is under which a dialer finds the trail of its question.
type trailKey struct{}

// answerBegins is how every answer of HTTP begins.
const answerBegins = "HTTP/1."

// cut reports an answer that began well and ended early.
func (t *trail) cut() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ended && strings.HasPrefix(answerBegins, string(t.first))
}

type traced struct {
	net.Conn
	trail *trail
}

func (c traced) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.trail.mu.Lock()
	defer c.trail.mu.Unlock()
	if more := min(n, len(answerBegins)-len(c.trail.first)); more > 0 {
		c.trail.first = append(c.trail.first, b[:more]...)
	}
	c.trail.ended = c.trail.ended || errors.Is(err, io.EOF)
	return n, err
}

func tracing(dial dialer) dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if t, ok := ctx.Value(trailKey{}).(*trail); ok && err == nil {
			conn = traced{conn, t}
		}
		return conn, err
	}
}

// readAll leaves no copies behind as a buffer grows.
func readAll(r io.Reader, bytesMax int64) ([]byte, error) {
	b := make([]byte, 0, 4096)
	for {
		if len(b) == cap(b) {
			grown := append(make([]byte, 0, 2*cap(b)), b...)
			clear(b)
			b = grown
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if int64(len(b)) > bytesMax {
			err = fmt.Errorf("answer of more than %d bytes: %w", bytesMax, port.ErrBabble)
		}
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			clear(b)
			return nil, err
		}
	}
}

// meaning translates what the network and net/http say into the words of a port.
func meaning(ctx context.Context, err error, t *trail) error {
	var cut net.Error
	switch {
	case errors.Is(err, errVerb), errors.Is(err, port.ErrBabble), errors.Is(err, port.ErrHalf):
		return err
	case ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
		return context.Cause(ctx)
	case ctx.Err() != nil, errors.As(err, &cut) && cut.Timeout():
		return port.ErrQuiet
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, port.ErrGone):
		return port.ErrGone
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET),
		errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe):
		return port.ErrHalf
	}
	if t.cut() {
		return port.ErrHalf
	}
	return fmt.Errorf("answer is no HTTP: %w", port.ErrBabble) // the library's error would quote it
}
