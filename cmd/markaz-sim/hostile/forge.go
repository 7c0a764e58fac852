package hostile

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"

	"markaz.example/edge/web/proof"
)

// forgeries are what a page of another site, or a phone, would send to a desk. Each has its own word and the proof of it, as
// whoever opens a page of the desks is given them: that alone opens nothing.
func forgeries() []string {
	const body = "act=next&lang=en"
	word := proof.Word()
	own := "Cookie: __Host-browser=" + word + "\r\n" + proof.Header + ": " + proof.Of(word) + "\r\n"
	head := func(host, more string) string {
		return form("/desk/A", host, more+fmt.Sprintf("Connection: close\r\nContent-Length: %d\r\n", len(body)), body)
	}
	return []string{
		head("localhost", ""), head("localhost", own),
		head("localhost", own+"Origin: https://evil.example\r\n"), head("localhost", own+"Origin: http://localhost:8080\r\n"),
		head("localhost", own+"Sec-Fetch-Site: cross-site\r\n"), head("localhost", own+"Sec-Fetch-Site: same-site\r\n"),
		head("evil.example", own+"Origin: https://evil.example\r\n"),
		head("localhost", own+"Cookie: __Host-console-desk-A="+proof.Word()+"\r\n"),
		head("localhost", "Cookie: console=x; __Host-browser=planted; __Host-console-desk-A=planted\r\n"+proof.Header+": "+proof.Of("planted")+"\r\n"),
		"GET /desk/A HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: __Host-console-desk-A=" + proof.Word() + "\r\n\r\n",
		"GET /floor HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n",
	}
}

func forge(ctx context.Context, h *hostile) (outcome, error) {
	conn, err := h.secure(ctx)
	if err != nil {
		return cut, err
	}
	defer conn.Close()
	all := forgeries()
	if pick := h.turn() % (len(all) + 1); pick < len(all) {
		if _, err := io.WriteString(conn, all[pick]); err != nil {
			return cut, nil
		}
		status, _ := answered(conn)
		return judged(status)
	}
	return forgeSocket(conn)
}

// forgeSocket wants to hear what a desk hears.
func forgeSocket(conn net.Conn) (outcome, error) {
	_, err := upgrade(conn, "/desk/A/live", "Origin: https://evil.example\r\nCookie: __Host-console-desk-A="+proof.Word()+"\r\n")
	if err == nil {
		return harm, fmt.Errorf("a desk's socket was opened")
	}
	return refused, nil
}

// guess tries PINs of numbers that nobody has: a real one would be locked after ten. Four of a hundred sit at machines of the
// centre's own, which are let that far.
func guess(ctx context.Context, h *hostile) (outcome, error) {
	if h.n%25 == 0 {
		h = &hostile{h.Crew, net.IPv4(127, 0, 9, byte(200+h.n/25%50)), h.n}
	}
	conn, err := h.secure(ctx)
	if err != nil {
		return cut, err
	}
	defer conn.Close()
	word := proof.Word()
	body := fmt.Sprintf("code=%d&pin=%06d", 900+h.n%99, h.turn()%1_000_000)
	own := "Connection: close\r\nCookie: __Host-browser=" + word + "\r\n" + proof.Header + ": " + proof.Of(word) + "\r\n"
	text := form("/desk/A/sign-in", "localhost", own+fmt.Sprintf("Content-Length: %d\r\n", len(body)), body)
	if _, err := io.Copy(conn, strings.NewReader(text)); err != nil {
		return cut, nil
	}
	status, _ := answered(conn)
	return judged(status)
}
