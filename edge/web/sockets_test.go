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

func dialer(c *webtest.Centre) *websocket.Dialer {
	return &websocket.Dialer{TLSClientConfig: c.Trust()}
}

// dial tries again while the box is starting, as a browser does.
func dial(t testing.TB, c *webtest.Centre, path string) *websocket.Conn {
	t.Helper()
	for {
		url, origin := c.Socket(path)
		conn, answer, err := dialer(c).Dial(url, http.Header{"Origin": {origin}})
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
	for _, tc := range []struct{ path, origin string }{
		{"/desk/A/live", ""}, {"/desk/A/live", c.URL}, {"/desk/A/live", "http" + strings.TrimPrefix(c.Desks, "https")},
		{"/hall/live", "http://evil.example"}, {"/hall/live", c.Desks}, {"/hall/live", ""},
		{"/floor/live", "null"}, {"/t/" + string(slip.Code) + "/live", "http://127.0.0.1"},
	} {
		url, _ := c.Socket(tc.path)
		refused(t, c, url, http.Header{"Origin": {tc.origin}}, http.StatusForbidden)
	}
	at, _ := c.Socket("/desk/A/live")
	refused(t, c, at, nil, http.StatusForbidden) // a browser always says where a page came from
	refused(t, c, "ws"+strings.TrimPrefix(c.URL, "http")+"/desk/A/live", http.Header{"Origin": {c.URL}}, http.StatusForbidden)
	for _, path := range []string{"/desk/Z/live", "/t/AAAAAAAAAAAAAAAA/live", "/kiosk/slip/AAAAAAAAAAAAAAAA/live"} {
		url, origin := c.Socket(path)
		refused(t, c, url, http.Header{"Origin": {origin}}, http.StatusNotFound)
	}
	open, _ := c.Socket("/hall/live") // the control: what everybody sees needs no Origin
	conn, _, err := dialer(c).Dial(open, nil)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

func refused(t *testing.T, c *webtest.Centre, url string, header http.Header, want int) {
	t.Helper()
	_, answer, err := dialer(c).Dial(url, header)
	if err == nil || answer == nil || answer.StatusCode != want {
		t.Errorf("%s with %v: %v, want %d", url, header, err, want)
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
