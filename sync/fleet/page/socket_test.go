package page_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// said is what the tests read of a message.
type said struct {
	Build, Epoch string
	Version      uint64
	Now          int64
	Parts        map[string]string
	bytes        int
}

// readMax only keeps a failing test from hanging.
const readMax = 30 * time.Second

func dial(t testing.TB, s *stand, query, origin string) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	for {
		conn, answer, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(s.URL, "http")+"/live"+query, header)
		if answer != nil && answer.StatusCode == http.StatusServiceUnavailable && !crowded(answer) {
			time.Sleep(time.Millisecond) // Run has not begun
			continue
		}
		if conn != nil {
			t.Cleanup(func() { conn.Close() })
		}
		return conn, answer, err
	}
}

// crowded tells a full house from one that has not opened: only the first test for it sets full.
func crowded(answer *http.Response) bool { return full }

var full bool

func connect(t testing.TB, s *stand, query string) *websocket.Conn {
	t.Helper()
	conn, _, err := dial(t, s, query, s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func hear(t testing.TB, conn *websocket.Conn) (m said) {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(readMax))
	_, b, err := conn.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	m.bytes = len(b)
	return m
}

// hearsParts passes over beats.
func hearsParts(t testing.TB, conn *websocket.Conn) said {
	t.Helper()
	for {
		if m := hear(t, conn); len(m.Parts) > 0 {
			return m
		}
	}
}

// TestFullStateThenDifferences, then what was missed, and all of it again from another process.
func TestFullStateThenDifferences(t *testing.T) {
	t.Parallel()
	s := start(t)
	conn := connect(t, s, "?lang=en")
	whole := hearsParts(t, conn)
	if len(whole.Parts) < 154+154 || whole.Parts["order"] == "" {
		t.Fatalf("a new socket begins with %d parts", len(whole.Parts))
	}
	i := s.Index("MLN-01")
	s.Stir(i, 3)
	m := hearsParts(t, conn)
	for _, part := range slices.Sorted(maps.Keys(m.Parts)) {
		if part != "row-MLN-01" && part != "sum" {
			t.Errorf("one centre's three records changed %s", part)
		}
	}
	if m.bytes > 8_000 || m.Version <= whole.Version {
		t.Errorf("%d bytes for one row; version %d after %d", m.bytes, m.Version, whole.Version)
	}
	conn.Close()

	s.Stir(s.Index("QTA-01"), 1) // was never heard of
	again := hearsParts(t, connect(t, s, fmt.Sprintf("?lang=en&epoch=%s&after=%d", m.Epoch, m.Version)))
	if again.Parts["row-QTA-01"] == "" || again.Parts["tile-QTA"] == "" || again.Parts["row-MLN-01"] != "" || len(again.Parts) > 10 {
		t.Errorf("a browser that slept is sent %v", slices.Sorted(maps.Keys(again.Parts)))
	}
	s.stop()
	s.Start()
	anew := hearsParts(t, connect(t, s, fmt.Sprintf("?lang=en&epoch=%s&after=%d", again.Epoch, again.Version)))
	if len(anew.Parts) < 154+154 || anew.Epoch == again.Epoch || anew.Build != again.Build {
		t.Errorf("after a restart: %d parts, epoch %s, build %s", len(anew.Parts), anew.Epoch, anew.Build)
	}
}

// TestManyBoxesTalk: however many talk, a page hears a few times a second, and of each row once a time.
func TestManyBoxesTalk(t *testing.T) {
	t.Parallel()
	s := start(t)
	conn := connect(t, s, "?lang=en")
	m := hearsParts(t, conn)
	talked := make(chan struct{})
	go func() {
		defer close(talked)
		for n := range 20 {
			for i := range s.Centres {
				s.Stir(i, uint64(n+1))
			}
		}
	}()
	<-talked
	total, messages := 0, 0
	last := s.Report()
	for held := fmt.Sprintf("%d", last.Held); ; messages++ {
		m = hear(t, conn)
		total += m.bytes
		if strings.Contains(strings.ReplaceAll(m.Parts["sum"], ",", ""), held) {
			break
		}
	}
	if messages > 100 || total > messages*400_000+400_000 {
		t.Errorf("3,080 pieces of news made %d messages of %d bytes in all", messages, total)
	}
}

// TestCentresSocket hears of its centre alone.
func TestCentresSocket(t *testing.T) {
	t.Parallel()
	s := start(t)
	conn := connect(t, s, "?lang=ur&centre=MLN-01")
	if m := hearsParts(t, conn); len(m.Parts) != 9 || !strings.Contains(m.Parts["newest"], "visit.") {
		t.Errorf("parts of a centre: %v", slices.Sorted(maps.Keys(m.Parts)))
	}
	s.Stir(s.Index("MLN-01"), 7)
	if m := hearsParts(t, conn); m.Parts["figures"] == "" || m.Parts["newest"] == "" {
		t.Errorf("after seven records: %v", slices.Sorted(maps.Keys(m.Parts)))
	}
}

func TestForeignOriginsAreRefused(t *testing.T) {
	s := start(t)
	connect(t, s, "") // it runs
	for _, origin := range []string{"", "null", "http://example.org", "http://" + s.addr + ".example.org", "https://127.0.0.1:1"} {
		if _, answer, err := dial(t, s, "", origin); err == nil || answer == nil || answer.StatusCode != http.StatusForbidden {
			t.Errorf("origin %q: %v, %v", origin, answer, err)
		}
	}
}

// TestOneAddressHasItsShare, and a place that was left is free again.
func TestOneAddressHasItsShare(t *testing.T) {
	s := start(t)
	connect(t, s, "")
	full = true
	defer func() { full = false }()
	const addressMax = 64
	var first *websocket.Conn
	for i := range addressMax - 1 {
		conn, answer, err := dial(t, s, "", s.URL)
		if err != nil {
			t.Fatalf("socket %d: %v, %v", i+2, answer, err)
		}
		first = conn
	}
	_, answer, err := dial(t, s, "", s.URL)
	if err == nil || answer == nil || answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" {
		t.Fatalf("one more: %v, %v", answer, err)
	}
	if _, answer, err := dial(t, s, "?lang=ur", "http://example.org"); err == nil || answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a stranger while it is full: %v", answer)
	}
	first.Close()
	full = false
	connect(t, s, "") // tries until there is room
}

// TestChattererIsCutOff: a browser says nothing on this socket.
func TestChattererIsCutOff(t *testing.T) {
	t.Parallel()
	s := start(t)
	conn := connect(t, s, "")
	if err := conn.WriteMessage(websocket.TextMessage, bytes.Repeat([]byte("x"), 1000)); err != nil {
		t.Fatal(err)
	}
	conn.SetReadDeadline(time.Now().Add(readMax))
	for {
		if _, r, err := conn.NextReader(); err != nil {
			if e, ok := err.(interface{ Timeout() bool }); ok && e.Timeout() {
				t.Error("a chatterer is still served")
			}
			return
		} else if _, err := io.Copy(io.Discard, r); err != nil {
			return
		}
	}
}

// TestNeverSilent: without any news there is a beat, and at the end a word to come back.
func TestNeverSilent(t *testing.T) {
	t.Parallel()
	s := start(t)
	conn := connect(t, s, "?lang=en&centre=QTA-01")
	hearsParts(t, conn)
	for beats := 0; beats < 2; {
		if m := hear(t, conn); len(m.Parts) == 0 && m.Now > 0 {
			beats++
		}
	}
	s.stop()
	conn.SetReadDeadline(time.Now().Add(readMax))
	for {
		_, _, err := conn.ReadMessage()
		if err == nil {
			continue
		}
		if !websocket.IsCloseError(err, websocket.CloseServiceRestart) {
			t.Errorf("the end: %v", err)
		}
		return
	}
}
