package web_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"markaz.example/edge/web/webtest"
)

// pushed is what the tests read of a message.
type pushed struct {
	Trouble bool
	Parts   map[string]string
}

// dial tries again while the box is starting, as a browser does.
func dial(t testing.TB, c *webtest.Centre, path string) *websocket.Conn {
	t.Helper()
	for {
		conn, answer, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(c.URL, "http")+path, http.Header{"Origin": {c.URL}})
		if err == nil {
			return conn
		}
		if answer == nil || answer.StatusCode != http.StatusServiceUnavailable {
			t.Fatalf("socket %s: %v", path, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// readMax only keeps a failing test from hanging.
const readMax = 30 * time.Second

// shows reads until a part holds a text.
func shows(t testing.TB, conn *websocket.Conn, part, text string) {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(readMax))
	for {
		var m pushed
		if err := conn.ReadJSON(&m); err != nil {
			t.Errorf("%s never showed %q: %v", part, text, err)
			return
		}
		if strings.Contains(m.Parts[part], text) {
			return
		}
	}
}

// Every kind of page hears of a press, and has the full state again after a restart of the box.
func TestScreensFollow(t *testing.T) {
	c := webtest.Start(t)
	slip := c.Visitor("kafaalat")
	paths := []string{"/hall/live?lang=en", "/desk/A/live?lang=en", "/floor/live?lang=en", "/t/" + string(slip.Code) + "/live?lang=en"}
	parts := []string{"newest", "hand", "desks", "place"}
	before := []string{"Your number will appear here", "Press the button", "Free", "People before you"}
	after := []string{"A001", "Called", "A001", "It is your turn"}
	conns := make([]*websocket.Conn, len(paths))
	for i := range paths {
		conns[i] = dial(t, c, paths[i])
		shows(t, conns[i], parts[i], before[i])
	}
	if _, err := c.Floor.CallNext(t.Context(), "A"); err != nil {
		t.Fatal(err)
	}
	for i := range conns {
		shows(t, conns[i], parts[i], after[i])
	}
	c.Stop()
	c.Start()
	for i := range conns {
		conns[i].Close()
		again := dial(t, c, paths[i])
		shows(t, again, parts[i], after[i])
		again.Close()
	}
}

func TestSocketsRefused(t *testing.T) {
	c := webtest.Start(t)
	slip := c.Visitor("kafaalat")
	url := "ws" + strings.TrimPrefix(c.URL, "http")
	for path, origin := range map[string]string{
		"/desk/A/live":                      "",
		"/hall/live":                        "http://evil.example",
		"/floor/live":                       "null",
		"/t/" + string(slip.Code) + "/live": "http://127.0.0.1",
	} {
		_, answer, err := websocket.DefaultDialer.Dial(url+path, http.Header{"Origin": {origin}})
		if err == nil || answer == nil || answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s from %q: %v, want 403", path, origin, err)
		}
	}
	for _, path := range []string{"/desk/Z/live", "/t/AAAAAAAAAAAAAAAA/live", "/kiosk/slip/AAAAAAAAAAAAAAAA/live"} {
		_, answer, err := websocket.DefaultDialer.Dial(url+path, http.Header{"Origin": {c.URL}})
		if err == nil || answer == nil || answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %v, want 404", path, err)
		}
	}
}

// BenchmarkPressToScreens is one press at a desk until the last of 40 hall screens has heard of it.
func BenchmarkPressToScreens(b *testing.B) {
	c := webtest.Start(b)
	screens := make([]*websocket.Conn, 40)
	for i := range screens {
		screens[i] = dial(b, c, "/hall/live")
		defer screens[i].Close()
	}
	var took []time.Duration
	for b.Loop() {
		token := string(c.Visitor("payment").Token)
		time.Sleep(100 * time.Millisecond) // the screens are at rest
		began := time.Now()
		if _, err := c.Floor.CallNext(b.Context(), "D"); err != nil {
			b.Fatal(err)
		}
		var wg sync.WaitGroup
		for _, s := range screens {
			wg.Go(func() { shows(b, s, "newest", token) })
		}
		wg.Wait()
		took = append(took, time.Since(began))
		if err := c.Floor.Confirm(b.Context(), "D"); err != nil {
			b.Fatal(err)
		}
		if err := c.Floor.Finish(b.Context(), "D", "done", false); err != nil {
			b.Fatal(err)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
