package web_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"markaz.example/edge/notary"
	"markaz.example/edge/web/proof"
	"markaz.example/edge/web/webtest"
)

// Each page is on one listener, and the other leads there; what is pressed at the wrong one is not carried out.
func TestEachPageHasOneListener(t *testing.T) {
	c := webtest.Start(t)
	c.Visitor("kafaalat")
	before := c.Ledger.Acknowledged()
	for _, path := range []string{"/desk", "/desk/A?lang=en", "/floor", "/floor/devices", "/door", "/api/figures", "/style"} {
		got := get(t, c, c.URL+path)
		if got.StatusCode != http.StatusFound || got.Header.Get("Location") != c.Desks+path {
			t.Errorf("%s in the clear: %d to %q", path, got.StatusCode, got.Header.Get("Location"))
		}
		if got := get(t, c, c.Desks+path); got.StatusCode != http.StatusOK || got.Header.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s over TLS: %d, %v; the plain pages of this host would be gone with HSTS", path, got.StatusCode, got.Header)
		}
	}
	for _, path := range []string{"/kiosk", "/hall", "/trust", "/T/AAAAAAAAAAAAAAAA"} {
		if got := get(t, c, c.Desks+path); got.StatusCode != http.StatusFound || got.Header.Get("Location") != c.URL+path {
			t.Errorf("%s over TLS: %d to %q", path, got.StatusCode, got.Header.Get("Location"))
		}
	}
	wants(t, "a press in the clear", post(t, c, c.URL+"/desk/A", "lang", "en", "act", "next"), http.StatusForbidden, "another address", c.Desks+"/desk/A")
	wants(t, "a PIN in the clear", post(t, c, c.URL+"/desk/A/sign-in", "code", "1", "pin", "284913"), http.StatusForbidden)
	wants(t, "a kiosk's press over TLS", post(t, c, c.Desks+"/kiosk", "only", "survey"), http.StatusForbidden)
	if after := c.Ledger.Acknowledged(); after != before {
		t.Error("a press at the wrong listener was recorded")
	}
	wants(t, "control: at the right one", post(t, c, c.Desks+"/desk/A", "act", "next"), http.StatusSeeOther)
}

// programs agree with the pages about which listener a path is on.
func TestAtDesks(t *testing.T) {
	c := webtest.Start(t)
	for _, path := range []string{"/", "/kiosk", "/hall", "/desk", "/desk/A", "/floor", "/door", "/api/figures", "/style", "/trust"} {
		if got := get(t, c, c.At(path)+path); got.StatusCode == http.StatusFound {
			t.Errorf("%s leads to %s", path, got.Header.Get("Location"))
		}
	}
}

// Everybody's listener sets no cookie and reads none, and the state of the box is all that it tells machines.
func TestNoCookieInTheClear(t *testing.T) {
	c := webtest.Start(t)
	manager, _, _, _ := c.Staff()
	slip := c.Visitor("kafaalat")
	signed := post(t, c, c.Desks+"/floor/sign-in", "code", string(manager.Code), "pin", manager.PIN)
	if signed.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign in: %d", signed.StatusCode)
	}
	for _, path := range []string{"/", "/kiosk", "/hall", "/trust", "/healthz", "/desk", "/floor", "/nowhere", "/T/" + string(slip.Code), "/kiosk/slip/" + string(slip.Visit)} {
		r, err := http.NewRequest("GET", c.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range signed.Cookies() {
			r.AddCookie(k)
		}
		got := do(t, c, r)
		if k := got.Header.Values("Set-Cookie"); k != nil || strings.Contains(got.body, manager.Name) {
			t.Errorf("%s: cookies %q, or somebody is named:\n%s", path, k, got.body)
		}
	}
	if got := get(t, c, c.URL+"/healthz").body; strings.TrimSpace(got) != `{"state":"open"}` {
		t.Errorf("healthz in the clear says %s", got)
	}
}

// A form at a desk needs the proof of its browser; so does everything else that changes something.
func TestFormsNeedTheirProof(t *testing.T) {
	c := webtest.Start(t)
	c.Visitor("kafaalat")
	before := c.Ledger.Acknowledged()
	bare := c.Client()
	bare.Transport = &http.Transport{TLSClientConfig: c.Trust(), DisableKeepAlives: true}
	send := func(method, field string, header http.Header) answer {
		r, err := http.NewRequest(method, c.Desks+"/desk/A", strings.NewReader(url.Values{"act": {"next"}, "lang": {"en"}, proof.Field: {field}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = header.Clone()
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		got, err := bare.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Body.Close()
		body, _ := io.ReadAll(got.Body)
		return answer{got, string(body)}
	}
	own := http.Header{"Cookie": {"__Host-browser=" + webtest.Word}}
	wants(t, "no cookie, no proof", send("POST", "", http.Header{}), http.StatusForbidden, "<html lang=")
	wants(t, "a cookie, no proof", send("POST", "", own), http.StatusForbidden)
	wants(t, "another's proof", send("POST", proof.Of(proof.Word()), own), http.StatusForbidden)
	wants(t, "another method", send("PUT", "", own), http.StatusForbidden)
	pushed := own.Clone()
	pushed.Set("Markaz-Push", "1")
	if got := send("POST", "", pushed); got.StatusCode != http.StatusForbidden || !strings.HasPrefix(got.body, `<div class="refusal"`) {
		t.Errorf("a pushed press: %d %s", got.StatusCode, got.body)
	}
	socket := own.Clone()
	socket.Set("Upgrade", "websocket")
	wants(t, "a press that says it is a socket", send("POST", "", socket), http.StatusForbidden)
	if after := c.Ledger.Acknowledged(); after != before {
		t.Error("a forged press was recorded")
	}
	wants(t, "control: its own proof", send("POST", proof.Of(webtest.Word), own), http.StatusSeeOther)
}

// Every form of every page of the desks that changes something carries the field, and what is pushed does too.
func TestEveryFormHasItsProof(t *testing.T) {
	c := webtest.Start(t)
	c.Visitor("nashonuma")
	if _, err := c.Floor.CallNext(t.Context(), "B"); err != nil {
		t.Fatal(err)
	}
	field := `<input type="hidden" name="proof" value="` + proof.Of(webtest.Word) + `">`
	forms := 0
	for _, path := range []string{"/desk/A", "/desk/B", "/desk/B/household", "/desk/B/measure", "/desk/A/finger", "/floor", "/floor/report", "/floor/book", "/floor/bookings", "/floor/staff", "/door"} {
		page := get(t, c, c.Desks+path).body
		for _, form := range strings.Split(page, "<form ")[1:] {
			tag, rest, _ := strings.Cut(form, ">")
			if strings.Contains(tag, `method="get"`) || strings.Contains(tag, `method="dialog"`) {
				continue
			}
			if forms++; !strings.HasPrefix(rest, field) {
				t.Errorf("%s: the form %s has no proof", path, tag)
			}
		}
	}
	if forms < 20 {
		t.Errorf("only %d forms were seen", forms)
	}
	if page := get(t, c, c.URL+"/kiosk").body; strings.Contains(page, proof.Field+`"`) || !strings.Contains(page, `<form method="post"`) {
		t.Error("a kiosk's form has a proof, or there is none")
	}
	at, origin := c.Socket("/desk/B/live")
	conn, _, err := dialer(c).Dial(at, http.Header{"Origin": {origin}, "Cookie": {"__Host-browser=" + webtest.Word}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	shows(t, conn, "hand", field)
}

// A page of the Internet whose name suddenly leads here is refused by its name.
func TestOnlyOurOwnNames(t *testing.T) {
	c := webtest.Start(t)
	for host, want := range map[string]int{
		"127.0.0.1": 200, "localhost": 200, "LOCALHOST.": 200, "[::1]": 200, "evil.example": 421, "evil.example:8080": 421, "127.0.0.1.evil.example": 421,
		"10.1.0.1": 421, "": 421, "a b": 400,
	} {
		for _, side := range []string{c.URL + "/hall", c.Desks + "/desk"} {
			r, err := http.NewRequest("GET", side, nil)
			if err != nil {
				t.Fatal(err)
			}
			if status := raw(t, c, r.URL, fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", r.URL.Path, host)); status != want {
				t.Errorf("%s as %q: %d, want %d", side, host, status, want)
			}
		}
	}
	u, _ := url.Parse(c.URL)
	if status := raw(t, c, u, "GET http://evil.example/hall HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"); status != 421 {
		t.Errorf("an address with a name in the request line: %d", status)
	}
}

// raw sends bytes to a listener and gives the status of the answer; 0 for none.
func raw(t *testing.T, c *webtest.Centre, to *url.URL, request string) int {
	t.Helper()
	var conn net.Conn
	var err error
	if to.Scheme == "https" {
		conn, err = tls.Dial("tcp", to.Host, c.Trust())
	} else {
		conn, err = net.Dial("tcp", to.Host)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	r.Body.Close()
	return r.StatusCode
}

func TestTrustPage(t *testing.T) {
	c := webtest.Start(t)
	text := notary.Fingerprint(c.Notary.Root())
	wants(t, "the page", get(t, c, c.URL+"/trust?lang=en"), 200, text[:23], text[72:], "/trust/markaz-ISB-01.crt", c.Desks+"/desk", "Windows")
	wants(t, "in Urdu", get(t, c, c.URL+"/trust"), 200, text[:23], "ونڈوز")
	file := get(t, c, c.URL+"/trust/markaz-ISB-01.crt")
	got, err := x509.ParseCertificate([]byte(file.body))
	if err != nil || !got.Equal(c.Notary.Root()) || file.Header.Get("Content-Type") != "application/x-x509-ca-cert" {
		t.Errorf("the file: %v, %v", err, file.Header)
	}
}

// from is a browser at another address of this machine: a stranger to the box.
func from(c *webtest.Centre, address string) *http.Client {
	dial := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	b := c.Client()
	b.Transport = &http.Transport{TLSClientConfig: c.Trust(), DialContext: dial.DialContext}
	return b
}

// Whoever asks faster than a person does is told to wait, in words; nobody else notices, and a machine that is known may.
func TestTooOften(t *testing.T) {
	c := webtest.Start(t)
	c.Stop()
	c.Own = []netip.Prefix{netip.MustParsePrefix("127.0.9.0/24")}
	c.Start()
	count := func(address string, times int) (well int, last string) {
		b := from(c, address)
		defer b.CloseIdleConnections()
		for range times {
			r, err := b.Get(c.URL + "/healthz?lang=en")
			if err != nil {
				last = err.Error()
				continue
			}
			body, _ := io.ReadAll(r.Body)
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				well++
			} else {
				last = string(body)
			}
		}
		return well, last
	}
	const asked = 400
	well, last := count("127.0.8.1", asked)
	if well < 120 || well > asked/2 || last == "" {
		t.Errorf("a stranger was answered %d times of %d, and at last: %s", well, asked, last)
	}
	for _, address := range []string{"127.0.8.2", "127.0.9.1", "127.0.0.1"} {
		if well, last := count(address, 100); well != 100 {
			t.Errorf("%s was answered %d times of 100: %s", address, well, last)
		}
	}
	if well, last := count("127.0.9.2", asked); well != asked {
		t.Errorf("a machine that is known was answered %d times of %d: %s", well, asked, last)
	}
	b := from(c, "127.0.8.3")
	defer b.CloseIdleConnections()
	var r *http.Response
	for range 200 {
		var err error
		if r, err = b.Get(c.URL + "/hall?lang=en"); err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(r.Body)
		r.Body.Close()
		if r.StatusCode == http.StatusTooManyRequests {
			if !strings.Contains(string(body), "Wait a moment") || r.Header.Get("Retry-After") == "" {
				t.Errorf("the refusal has no words: %v\n%s", r.Header, body)
			}
			return
		}
	}
	t.Error("nobody was told to wait")
}

// A stranger who guesses PINs is stopped before they are hashed, and locks out nobody at a machine that is known.
func TestGuessesOfAStranger(t *testing.T) {
	c := webtest.Start(t)
	manager, _, _, _ := c.Staff()
	b := from(c, "127.0.8.1")
	defer b.CloseIdleConnections()
	b.Transport = proof.Browser{RoundTripper: b.Transport, Word: proof.Word()}
	refused := 0
	for i := range 12 {
		r, err := b.PostForm(c.Desks+"/floor/sign-in", url.Values{"code": {fmt.Sprint(100 + i)}, "pin": {"111222"}})
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 7 {
		t.Errorf("%d of 12 guesses were refused unseen, want 7", refused)
	}
	wants(t, "at a machine that is known", post(t, c, c.Desks+"/floor/sign-in", "code", string(manager.Code), "pin", manager.PIN), http.StatusSeeOther)
}

// As soon as the centre's own machines are known, a phone in the hall takes no number and tries no PIN.
func TestOnlyOurOwnMachinesPress(t *testing.T) {
	c := webtest.Start(t)
	c.Stop()
	c.Own = []netip.Prefix{netip.MustParsePrefix("127.0.9.0/24")}
	c.Start()
	c.Staff()
	press := func(address, page string) int {
		b := from(c, address)
		b.Transport = proof.Browser{RoundTripper: b.Transport, Word: proof.Word()}
		defer b.CloseIdleConnections()
		r, err := b.PostForm(c.At(page)+page, url.Values{"only": {"survey"}, "code": {"1"}, "pin": {"111222"}})
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		return r.StatusCode
	}
	before := c.Ledger.Acknowledged()
	for _, page := range []string{"/kiosk", "/desk/A/sign-in", "/floor/sign-in"} {
		if status := press("127.0.8.1", page); status != http.StatusForbidden {
			t.Errorf("%s by a stranger: %d", page, status)
		}
	}
	if after := c.Ledger.Acknowledged(); after != before {
		t.Error("a stranger wrote records")
	}
	if a, b := press("127.0.9.1", "/kiosk"), press("127.0.0.1", "/kiosk"); a != 303 || b != 303 {
		t.Errorf("control: our own kiosks get %d and %d", a, b)
	}
}

// Connections are bounded, by address and in all; the box's own programs are let in whatever strangers hold.
func TestStrangersHoldSoManyConnections(t *testing.T) {
	c := webtest.Start(t)
	u, _ := url.Parse(c.URL)
	held := func(address string, times int) (open int) {
		alive := make(chan bool)
		for range times {
			conn, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}).Dial("tcp", u.Host)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { conn.Close() })
			go func() {
				conn.SetReadDeadline(time.Now().Add(time.Second))
				_, err := conn.Read(make([]byte, 1))
				alive <- isTimeout(err) // else the box hung up
			}()
		}
		for range times {
			if <-alive {
				open++
			}
		}
		return open
	}
	if got := held("127.0.8.1", 24); got != 16 {
		t.Errorf("a stranger who says nothing holds %d connections, want 16", got)
	}
	wants(t, "meanwhile", get(t, c, c.URL+"/hall"), 200)
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}
