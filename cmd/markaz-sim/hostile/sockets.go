package hostile

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"markaz.example/cmd/markaz-sim/client"
)

// errNoSocket is reported when the box gave no socket.
var errNoSocket = errors.New("no socket")

// upgrade asks for a socket and gives it with the answer's head. Source: RFC 6455, section 1.3.
func upgrade(conn net.Conn, page, more string) (head string, err error) {
	request := "GET " + page + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + more + "\r\n"
	conn.SetDeadline(time.Now().Add(answerWait))
	if _, err := io.WriteString(conn, request); err != nil {
		return "", err
	}
	var b strings.Builder
	for one := make([]byte, 1); !strings.HasSuffix(b.String(), "\r\n\r\n"); b.Write(one) {
		if _, err := conn.Read(one); err != nil {
			return "", err
		}
		if b.Len() > hugeHeader {
			return "", errNoSocket
		}
	}
	if !strings.HasPrefix(b.String(), "HTTP/1.1 101 ") {
		return b.String(), errNoSocket
	}
	return b.String(), nil
}

// hall opens a socket of the hall, which everybody may.
func (h *hostile) hall(ctx context.Context, more string) (net.Conn, string, error) {
	conn, err := h.dial(ctx, h.Public)
	if err != nil {
		return nil, "", err
	}
	head, err := upgrade(conn, "/hall/live", more)
	if err != nil {
		return nil, head, errors.Join(err, conn.Close())
	}
	return conn, head, nil
}

func manySockets(ctx context.Context, h *hostile) (outcome, error) {
	got := outcome(cut)
	var readers sync.WaitGroup
	defer readers.Wait() // after the connections were closed
	for range socketsOf {
		conn, _, err := h.hall(ctx, "")
		if errors.Is(err, errNoSocket) {
			got = refused
		}
		if err != nil {
			break
		}
		got = served
		defer conn.Close()
		readers.Go(func() { _, _ = io.Copy(io.Discard, conn) })
	}
	return got, client.Pause(ctx, 5*time.Second)
}

// deafSocket never reads what it is told, nor answers a ping.
func deafSocket(ctx context.Context, h *hostile) (outcome, error) {
	conn, _, err := h.hall(ctx, "")
	if err != nil {
		return cut, err
	}
	defer conn.Close()
	for until := time.Now().Add(dripMax); time.Now().Before(until); {
		if client.Pause(ctx, sipEvery) != nil {
			return cut, nil
		}
		conn.SetWriteDeadline(time.Now().Add(answerWait))
		if _, err := conn.Write(masked(0x80|0xA, nil)); err != nil { // a pong that nobody asked for, with no body
			return cut, nil
		}
	}
	return harm, fmt.Errorf("a socket that reads nothing was held for %v", dripMax)
}

// masked is a frame as browsers send it, with a mask of zeros.
func masked(first byte, body []byte) []byte {
	return append([]byte{first, 0x80 | byte(len(body)), 0, 0, 0, 0}, body...)
}

// frames are such as no browser sends.
func frames() [][]byte {
	huge := binary.BigEndian.AppendUint64([]byte{0x82, 0xff}, 1<<40)
	least := binary.BigEndian.AppendUint64([]byte{0x82, 0xff}, 1<<63)
	return [][]byte{
		{0x81, 0x05, 'h', 'e', 'l', 'l', 'o'}, // not masked
		{0xff, 0xff, 0xff},                    // every reserved bit
		{0x83, 0x80, 0, 0, 0, 0},              // a kind that is not there
		masked(0x00, []byte("a")),             // goes on with nothing
		masked(0x09, []byte("a")),             // half a ping
		append([]byte{0x89, 0xfe, 0xff, 0xff, 0, 0, 0, 0}, make([]byte, 1000)...), // a ping that is too long
		append(huge, 0, 0, 0, 0), append(least, 0, 0, 0, 0),
		masked(0x81, make([]byte, 125)), masked(0x82, make([]byte, 125)),
		masked(0x88, []byte{1}), // closes with half a code
	}
}

func badFrames(ctx context.Context, h *hostile) (outcome, error) {
	conn, _, err := h.hall(ctx, "")
	if err != nil {
		return cut, err
	}
	defer conn.Close()
	var pick [1]byte
	rand.Read(pick[:])
	all := frames()
	for i := range 64 { // one of them may be taken; 64 with the largest among them are beyond every limit
		if _, err := conn.Write(all[(int(pick[0])+i)%len(all)]); err != nil {
			return cut, nil
		}
	}
	return emptied(conn)
}

// bomb offers compression, and if it is taken sends what a little would become a lot of.
func bomb(ctx context.Context, h *hostile) (outcome, error) {
	conn, head, err := h.hall(ctx, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n")
	if err != nil {
		return cut, err
	}
	defer conn.Close()
	if strings.Contains(strings.ToLower(head), "sec-websocket-extensions") {
		return harm, errors.New("compression was agreed to")
	}
	if _, err := conn.Write(masked(0xC2, []byte{0xec, 0xc0, 0x01, 0x01, 0x00})); err != nil { // a compressed message all the same
		return cut, nil
	}
	return emptied(conn)
}

// emptied reads what the box still says until it hangs up, as it must.
func emptied(conn net.Conn) (outcome, error) {
	conn.SetReadDeadline(time.Now().Add(answerWait))
	if _, err := io.Copy(io.Discard, conn); timedOut(err) {
		return harm, errors.New("the socket lives on")
	}
	return cut, nil
}
