package live

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"markaz.example/edge/web/proof"
)

// message is what a browser hears, as JSON. A beat is a message without parts.
type message struct {
	Build   string `json:"build"`
	Now     int64  `json:"now"`               // box's wall time, milliseconds since 1970 UTC; 0 when not known
	Clock   string `json:"clock"`             // "09:05" where the centre is; empty when not known
	Trouble bool   `json:"trouble,omitempty"` // the state cannot be shown just now
	Reload  bool   `json:"reload,omitempty"`  // the page is no longer for this browser
	Parts   Parts  `json:"parts,omitempty"`
}

// socket is one browser. Its writer goroutine is the only one that writes: the library bears no two.
type socket struct {
	queue   chan message    // overflow drops the socket, which then begins again with the full state
	dropped chan struct{}   // closed by drop
	ended   <-chan struct{} // closed when the hub ends; set by join
	once    sync.Once
	left    atomic.Bool // the page is no longer for this browser
	proof   string      // of the browser, for the forms that it is pushed; empty for none
}

func newSocket(proof string) *socket {
	return &socket{proof: proof, queue: make(chan message, queueMax), dropped: make(chan struct{})}
}

// offer never waits.
func (s *socket) offer(m message) {
	select {
	case s.queue <- m:
	default:
		s.drop()
	}
}

// leave drops a socket whose page is no longer for its browser.
func (s *socket) leave() {
	s.left.Store(true)
	s.drop()
}

func (s *socket) drop() { s.once.Do(func() { close(s.dropped) }) }

// run returns when the browser or the hub ended the socket, after both its goroutines have.
func (s *socket) run(h *Hub, conn *websocket.Conn) {
	written := make(chan struct{})
	go func() {
		defer close(written)
		defer conn.Close() // wakes the reader
		s.write(h, conn)
	}()
	s.read(conn)
	s.drop()
	<-written
}

// read waits for the end: a browser says nothing on this socket.
func (s *socket) read(conn *websocket.Conn) {
	conn.SetReadLimit(readMaxBytes)
	alive := func(string) error { return conn.SetReadDeadline(time.Now().Add(pongMax)) }
	conn.SetPongHandler(alive)
	conn.SetPingHandler(alive) // no answer: the writer alone writes
	alive("")
	for {
		if _, _, err := conn.NextReader(); err != nil {
			return
		}
	}
}

func (s *socket) write(h *Hub, conn *websocket.Conn) {
	beat, ping := time.NewTicker(beatEvery), time.NewTicker(pingEvery)
	defer beat.Stop()
	defer ping.Stop()
	for m := (message{}); s.send(h, conn, m) == nil; { // at once at first: the page is live, whatever the render takes
		select {
		case <-s.dropped:
			if s.left.Load() {
				_ = s.send(h, conn, message{Reload: true}) // a browser that left is no error
			}
			s.bye(conn)
			return
		case <-s.ended:
			s.bye(conn)
			return
		case m = <-s.queue:
			beat.Reset(beatEvery)
		case <-beat.C:
			m.Parts = nil
		case <-ping.C:
			if conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeMax)) != nil {
				return
			}
			m.Parts = nil
		}
	}
}

func (s *socket) send(h *Hub, conn *websocket.Conn, m message) error {
	m.Build = h.Build()
	if now, ok := h.Now(); ok {
		m.Now, m.Clock = now.UnixMilli(), now.In(h.Zone).Format("15:04")
	}
	m.Parts = s.filled(m.Parts)
	conn.SetWriteDeadline(time.Now().Add(writeMax))
	return conn.WriteJSON(m)
}

// filled are parts whose forms carry the proof of this browser. What is shown belongs to all sockets of a topic.
func (s *socket) filled(shown Parts) Parts {
	if s.proof == "" || shown == nil {
		return shown
	}
	own := make(Parts, len(shown))
	for name, html := range shown {
		own[name] = string(proof.Fill([]byte(html), s.proof))
	}
	return own
}

// bye asks the browser to come back, if it still listens.
func (s *socket) bye(conn *websocket.Conn) {
	text := websocket.FormatCloseMessage(websocket.CloseServiceRestart, "")
	conn.WriteControl(websocket.CloseMessage, text, time.Now().Add(writeMax/10))
}
