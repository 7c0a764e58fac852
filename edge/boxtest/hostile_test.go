package boxtest_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"markaz.example/edge/boxtest"
	"markaz.example/edge/desk"
)

// Whatever strangers send, nothing of it is recorded, and the floor goes on while they are still at it.
func TestFloorGoesOnUnderHostileInput(t *testing.T) {
	t.Parallel()
	b := boxtest.Start(t, nil)
	v := at(t, b)
	before := v.figures()
	for name, attack := range map[string]func(*testing.T, *boxtest.Box){
		"a form of a megabyte": bigForm, "forms of nonsense": nonsense, "another site's page": foreign,
		"paths of garbage": garbage, "half requests": halfRequests, "sockets cut in a frame": cutSockets,
	} {
		t.Log(name)
		attack(t, b)
	}
	if after := v.figures(); after != before {
		t.Errorf("strangers were recorded: %+v, before %+v", after, before)
	}
	v.await(b, v.ask("kafaalat"), desk.SlipInHand)
	if f := v.figures(); f.Asked != 1 || f.Issued != 1 || len(b.Slips()) != 1 {
		t.Errorf("after them the figures are %+v with %d papers, want one token", f, len(b.Slips()))
	}
}

func bigForm(t *testing.T, b *boxtest.Box) {
	form := url.Values{"service": {"kafaalat"}, "lang": {"ur"}, "x": {strings.Repeat("x", 1<<20)}}.Encode()
	r, err := b.Browser().Post(b.URL("/kiosk"), "application/x-www-form-urlencoded", strings.NewReader(form))
	if err != nil {
		return // the connection was cut in the middle of it: as good an answer
	}
	defer r.Body.Close()
	if r.StatusCode < 400 || r.StatusCode >= 500 {
		t.Errorf("answered with %s", r.Status)
	}
}

func nonsense(t *testing.T, b *boxtest.Box) {
	many := make([]string, 1000)
	for i := range many {
		many[i] = "kafaalat"
	}
	for page, forms := range map[string][]url.Values{
		"/kiosk": {
			{"service": {"palace"}}, {"service": {""}}, {"service": {"\x00\xff"}}, {"only": {"kafaalat' OR 1=1"}}, {"service": many},
			{"k": {"-1"}, "service": {"kafaalat"}}, {"k": {"9999999999999999999"}, "service": {"kafaalat"}}, {},
		},
		"/kiosk/slip/nobody": {{"k": {"1"}}}, "/floor": {{"print": {"nobody"}}, {"print": {strings.Repeat("9", 5000)}}},
		"/desk/A": {{"act": {"explode"}}, {"act": {"finish-"}}, {}}, "/desk/Z": {{"act": {"next"}}}, "/hall": {{"a": {"b"}}},
	} {
		for _, form := range forms {
			if r := at(t, b).post(page, form); r.StatusCode < 400 || r.StatusCode >= 500 {
				t.Errorf("%s with %.80q is answered with %s", page, form.Encode(), r.Status)
			}
		}
	}
}

// foreign is a page of another site in a browser of the hall: it may neither press buttons nor listen at sockets.
func foreign(t *testing.T, b *boxtest.Box) {
	form := strings.NewReader("act=next")
	press, err := http.NewRequest(http.MethodPost, b.URL("/desk/A"), form)
	if err != nil {
		t.Fatal(err)
	}
	press.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	listen, err := http.NewRequest(http.MethodGet, b.URL("/desk/A/live"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range upgrade {
		listen.Header.Set(key, value)
	}
	for _, req := range []*http.Request{press, listen} {
		req.Header.Set("Origin", "http://elsewhere.example")
		r, err := b.Browser().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != http.StatusForbidden {
			t.Errorf("%s %s is answered with %s", req.Method, req.URL.Path, r.Status)
		}
	}
}

// upgrade asks for a socket. Source: RFC 6455, section 1.3.
var upgrade = map[string]string{
	"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}

func garbage(t *testing.T, b *boxtest.Box) {
	for _, path := range []string{
		"/kiosk/slip/../../../etc/passwd", "/assets/%2e%2e/%2e%2e/box.key", "/assets/../../data/box.key", "/T/%00", "/T/<script>",
		"/desk/%ff%fe", "/kiosk/slip/" + strings.Repeat("9", 8000), "//", "/api/slip/<script>alert(1)</script>", "/kiosk?k=%zz",
		"/desk/A?lang=xx", "/T/" + strings.Repeat("%2F", 1000), "/hall/live", "/*",
	} {
		status, body := raw(t, b, "GET "+path+" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
		if status >= 500 || strings.Contains(body, "<script>") || strings.Contains(body, "PRIVATE KEY") || strings.Contains(body, "root:") {
			t.Errorf("%.80s is answered with %d:\n%.400s", path, status, body)
		}
	}
	for _, line := range []string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", strings.Repeat("A", 1<<16)} {
		if status, _ := raw(t, b, line); status != 0 && (status < 400 || status > 505 || status == 500) {
			t.Errorf("%.20q is answered with %d", line, status)
		}
	}
}

// raw sends bytes and reads the answer; 0 when there was none.
func raw(t *testing.T, b *boxtest.Box, request string) (status int, body string) {
	t.Helper()
	conn := dial(t, b)
	_, _ = io.WriteString(conn, request) // the box may have hung up already
	if c, ok := conn.(*net.TCPConn); ok {
		_ = c.CloseWrite()
	}
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, ""
	}
	defer r.Body.Close()
	text, _ := io.ReadAll(r.Body)
	return r.StatusCode, string(text)
}

// dial gives a connection that stays open until the test ends, unless it is closed.
func dial(t *testing.T, b *boxtest.Box) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", b.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// halfRequests are people who begin and do not go on; a token is asked for while they hold their lines.
func halfRequests(t *testing.T, b *boxtest.Box) {
	for i := range 64 {
		half := []string{
			"GET /kiosk HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
			"POST /kiosk HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nservice=kafa",
			"P",
		}[i%3]
		if _, err := io.WriteString(dial(t, b), half); err != nil {
			t.Fatal(err)
		}
	}
	if status, _ := at(t, b).text("/kiosk"); status != http.StatusOK {
		t.Errorf("meanwhile the kiosk answers %d", status)
	}
}

// cutSockets open the hall's and a desk's socket and break off: in the middle of a frame, with a frame that no browser
// sends, with one that claims to be huge.
func cutSockets(t *testing.T, b *boxtest.Box) {
	huge := binary.BigEndian.AppendUint64([]byte{0x82, 0xff}, 1<<40)
	for _, page := range []string{"/hall/live", "/kiosk/live"} {
		for _, frame := range [][]byte{{0x81}, {0x81, 0xfe, 0x10}, {0x81, 0x05, 'h', 'e', 'l', 'l', 'o'}, {0xff, 0xff, 0xff}, huge} {
			conn := socket(t, b, page)
			if _, err := conn.Write(frame); err != nil {
				t.Fatal(err)
			}
			conn.Close()
		}
	}
	conn := socket(t, b, "/hall/live") // and others still get theirs
	if first, err := bufio.NewReader(conn).ReadByte(); err != nil || first != 0x81 {
		t.Errorf("a socket after them begins with %#x, %v, want a text frame", first, err)
	}
}

// socket opens one and reads the answer to the upgrade, not a byte more.
func socket(t *testing.T, b *boxtest.Box, page string) net.Conn {
	t.Helper()
	conn := dial(t, b)
	var request strings.Builder
	fmt.Fprintf(&request, "GET %s HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\n", page, b.Address(), b.Address())
	for key, value := range upgrade {
		fmt.Fprintf(&request, "%s: %s\r\n", key, value)
	}
	if _, err := io.WriteString(conn, request.String()+"\r\n"); err != nil {
		t.Fatal(err)
	}
	var answer []byte
	for one := make([]byte, 1); !strings.HasSuffix(string(answer), "\r\n\r\n"); answer = append(answer, one[0]) {
		if _, err := conn.Read(one); err != nil {
			t.Fatalf("open %s: %v after %q", page, err, answer)
		}
	}
	if !strings.HasPrefix(string(answer), "HTTP/1.1 101 ") {
		t.Fatalf("open %s: %q", page, answer)
	}
	return conn
}
