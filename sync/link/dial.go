package link

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/gorilla/websocket"
)

// ErrRefused is reported by Dial when headquarters answered, and did not open a link. Its text has the answer.
var ErrRefused = errors.New("headquarters refused the link")

// ErrBusy is reported by Dial when headquarters answered that it cannot open a link now. Its text has the answer.
var ErrBusy = errors.New("headquarters has no link to give now")

// ErrOrigin is why Accept turns a browser away.
var ErrOrigin = errors.New("the road is for boxes; a request from a web page has no business here")

// Dialer opens links to headquarters.
type Dialer struct {
	URL string      // "wss://hq.example/road"
	TLS *tls.Config // the box's certificate, the one root it trusts, headquarters' name

	// Net opens the connection under TLS; nil means TCP.
	Net func(ctx context.Context, network, address string) (net.Conn, error)
}

// Dial opens a link. It reports ErrRefused, ErrBusy, or what kept it from reaching headquarters.
func (d Dialer) Dial(ctx context.Context) (*Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeMax)
	defer cancel()
	dialer := websocket.Dialer{
		NetDialContext: d.Net, TLSClientConfig: d.TLS, HandshakeTimeout: handshakeMax,
		ReadBufferSize: chunkBytes, WriteBufferSize: chunkBytes, Subprotocols: []string{protocol},
	}
	ws, answer, err := dialer.DialContext(ctx, d.URL, nil)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", d.URL, refusal(answer, err))
	}
	if ws.Subprotocol() != protocol {
		ws.Close()
		return nil, fmt.Errorf("dial %s: %w: it does not speak %s", d.URL, ErrRefused, protocol)
	}
	return newConn(ws), nil
}

func refusal(answer *http.Response, err error) error {
	if answer == nil || !errors.Is(err, websocket.ErrBadHandshake) {
		return err
	}
	text, _ := io.ReadAll(io.LimitReader(answer.Body, answerBytesMax)) // what came before an error is still worth logging
	sort := ErrRefused
	if answer.StatusCode == http.StatusServiceUnavailable {
		sort = ErrBusy
	}
	return fmt.Errorf("%w: %s: %q", sort, answer.Status, strings.TrimSpace(string(text)))
}

// Accept makes a link of an HTTP request. On error the answer has been written.
func Accept(w http.ResponseWriter, r *http.Request) (*Conn, error) {
	if r.Header.Get("Origin") != "" {
		http.Error(w, ErrOrigin.Error(), http.StatusForbidden)
		return nil, fmt.Errorf("accept %s: %w", r.RemoteAddr, ErrOrigin)
	}
	upgrader := websocket.Upgrader{
		HandshakeTimeout: handshakeMax, ReadBufferSize: chunkBytes, WriteBufferSize: chunkBytes,
		Subprotocols: []string{protocol},
	}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return nil, fmt.Errorf("accept %s: %w", r.RemoteAddr, err)
	}
	return newConn(ws), nil
}
