package hostile

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

func slowHeader(ctx context.Context, h *hostile) (outcome, error) {
	conn, err := h.dial(ctx, h.Public)
	if err != nil {
		return cut, err
	}
	return drip(conn, "GET /kiosk HTTP/1.1\r\nHost: localhost\r\n", []byte("X: y\r\n"))
}

func slowBody(ctx context.Context, h *hostile) (outcome, error) {
	conn, err := h.dial(ctx, h.Public)
	if err != nil {
		return cut, err
	}
	return drip(conn, form("/kiosk", "localhost", "Content-Length: 5000\r\n", ""), []byte("a"))
}

// form is the head of a form, and what comes of its body.
func form(page, host, more, body string) string {
	return "POST " + page + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: application/x-www-form-urlencoded\r\n" + more + "\r\n" + body
}

func silent(ctx context.Context, h *hostile) (outcome, error) {
	conn, err := h.dial(ctx, h.Public)
	if err != nil {
		return cut, err
	}
	return drip(conn, "", nil)
}

// halfHandshake says hello as TLS does, and no more. The record says that 512 bytes follow.
func halfHandshake(ctx context.Context, h *hostile) (outcome, error) {
	conn, err := h.dial(ctx, h.Desks)
	if err != nil {
		return cut, err
	}
	return drip(conn, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", nil)
}

// slowReader asks for the largest thing there is, twenty times over, and never reads.
func slowReader(ctx context.Context, h *hostile) (outcome, error) {
	conn, err := h.dial(ctx, h.Public)
	if err != nil {
		return cut, err
	}
	defer conn.Close()
	if tcp, ok := conn.(*bound).Conn.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(1) // the kernel takes its least
	}
	const font = "GET /assets/fonts/NotoNastaliqUrdu-Regular.ttf HTTP/1.1\r\nHost: localhost\r\n\r\n"
	if _, err := io.WriteString(conn, strings.Repeat(font, 20)); err != nil {
		return cut, nil
	}
	for until := time.Now().Add(dripMax); time.Now().Before(until); {
		select {
		case <-ctx.Done():
			return cut, nil
		case <-time.After(sipEvery):
		}
		if _, err := io.WriteString(conn, "\r\n"); err != nil {
			return cut, nil
		}
	}
	return harm, fmt.Errorf("an answer that nobody reads was held for %v", dripMax)
}

func bigHeader(ctx context.Context, h *hostile) (outcome, error) {
	line := []byte("X-Filler: " + strings.Repeat("x", 1000) + "\r\n")
	return h.pour(ctx, "GET /kiosk HTTP/1.1\r\nHost: localhost\r\n", line, hugeHeader)
}

func bigBody(ctx context.Context, h *hostile) (outcome, error) {
	return h.pour(ctx, form("/kiosk", "localhost", fmt.Sprintf("Content-Length: %d\r\n", hugeBody), "x="), bytes.Repeat([]byte("x"), 16<<10), hugeBody)
}

// pour writes as much as the kernels between the two take, and reads what the box says to it.
func (h *hostile) pour(ctx context.Context, first string, more []byte, most int) (outcome, error) {
	conn, err := h.dial(ctx, h.Public)
	if err != nil {
		return cut, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(answerWait))
	_, err = io.WriteString(conn, first)
	sent := 0
	for ; sent < most && err == nil; sent += len(more) {
		_, err = conn.Write(more)
	}
	if sent >= hugeBody {
		return harm, fmt.Errorf("the box took %d bytes", sent)
	}
	status, _ := answered(conn)
	return judged(status)
}

func reconnect(ctx context.Context, h *hostile) (outcome, error) {
	conn, err := h.secure(ctx)
	if err != nil {
		return cut, err
	}
	return served, conn.Close()
}

func noise(ctx context.Context, h *hostile) (outcome, error) {
	var b [4096]byte
	rand.Read(b[:])
	at := []string{h.Public, h.Desks}[h.n%2]
	conn, err := h.dial(ctx, at)
	if err != nil {
		return cut, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(answerWait))
	if _, err := conn.Write(b[:]); err != nil {
		return cut, nil
	}
	if status, _ := answered(conn); status != 0 {
		return judged(status)
	}
	return cut, nil
}

// answered reads an answer; 0 for none.
func answered(conn io.Reader) (status int, head http.Header) {
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, nil
	}
	r.Body.Close()
	return r.StatusCode, r.Header
}

// judged is what an answer means to a request that must be refused.
func judged(status int) (outcome, error) {
	switch {
	case status == 0:
		return cut, nil
	case status >= 400 && status != 500:
		return refused, nil
	}
	return harm, fmt.Errorf("answered with %d", status)
}

// smuggled are requests whose end two readers could see at two places. What is hidden in them is a press that gives a number.
func smuggled() []string {
	const hidden = "POST /kiosk HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 13\r\n\r\nonly=kafaalat"
	head := func(more string) string { return form("/hall", "localhost", more, "") }
	return []string{
		head("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n" + hidden,
		head("Content-Length: 0\r\nContent-Length: 130\r\n") + hidden,
		head("Transfer-Encoding: xchunked\r\n") + "0\r\n\r\n" + hidden,
		head("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n") + "0\r\n\r\n" + hidden,
		head("Transfer-Encoding : chunked\r\n") + "0\r\n\r\n" + hidden,
		head("Content-Length: +0\r\n") + hidden,
		head("Content-Length: 0x0\r\n") + hidden,
		"GET /hall HTTP/1.1\nHost: localhost\nContent-Length: 0\n\rX: " + hidden,
		"GET /hall HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n" + hidden,
		"GET /hall HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n" + hidden,
		head("Transfer-Encoding: chunked\r\n") + "ffffffffffffffff1\r\nx\r\n0\r\n\r\n" + hidden,
		head("Transfer-Encoding: chunked\r\n") + "0;" + strings.Repeat("x", 8000) + "\r\n\r\n" + hidden,
	}
}

// smuggle counts as harm when a number is given: the answer to the hidden press leads to its slip.
func smuggle(ctx context.Context, h *hostile) (outcome, error) {
	all := smuggled()
	conn, err := h.dial(ctx, h.Public)
	if err != nil {
		return cut, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Second)) // it waits for more, where it believes that more comes
	if _, err := io.WriteString(conn, all[h.turn()%len(all)]); err != nil {
		return cut, nil
	}
	answers, _ := io.ReadAll(io.LimitReader(conn, hugeHeader))
	switch {
	case bytes.Contains(answers, []byte("/kiosk/slip/")):
		return harm, fmt.Errorf("a smuggled press gave a number: %.200s", answers)
	case len(answers) == 0:
		return cut, nil
	}
	return refused, nil
}
