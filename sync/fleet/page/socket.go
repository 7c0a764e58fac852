package page

import (
	"encoding/json"
	"time"

	"github.com/gorilla/websocket"
)

// message is what a browser hears, as JSON. A beat is a message without parts.
type message struct {
	Build   string            `json:"build"` // a page of another build loads itself anew
	Epoch   string            `json:"epoch"` // versions of another process mean nothing here
	Version uint64            `json:"version"`
	Now     int64             `json:"now"`               // headquarters' time, ms since 1970 UTC
	Trouble bool              `json:"trouble,omitempty"` // the state cannot be shown just now
	Parts   map[string]string `json:"parts,omitempty"`
}

// watch is one browser on a board. Its writer is the only one that writes: the library bears no two.
type watch struct {
	board *board
	site  *Site
	ended <-chan struct{} // closed when the hub ends
	leave func()
}

// run returns when the browser or the hub ended the socket, after both its goroutines have. Have is the version that the
// browser shows already.
func (w *watch) run(conn *websocket.Conn, have uint64) {
	read := make(chan struct{})
	go func() {
		defer close(read)
		drain(conn)
	}()
	w.write(conn, have, read)
	conn.Close() // wakes the reader
	<-read
}

// drain waits for the end: a browser says nothing on this socket.
func drain(conn *websocket.Conn) {
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

// write sends what the browser lacks whenever there is something. One that is slow skips versions, and nothing waits for
// it.
func (w *watch) write(conn *websocket.Conn, have uint64, gone <-chan struct{}) {
	beat, ping := time.NewTicker(beatEvery), time.NewTicker(pingEvery)
	defer beat.Stop()
	defer ping.Stop()
	for {
		m, changed := w.board.since(have)
		if w.send(conn, m) != nil {
			return
		}
		have = m.Version
		select {
		case <-gone:
			return
		case <-w.ended:
			text := websocket.FormatCloseMessage(websocket.CloseServiceRestart, "")
			conn.WriteControl(websocket.CloseMessage, text, time.Now().Add(writeMax/10)) // if it still listens
			return
		case <-changed:
			beat.Reset(beatEvery)
		case <-beat.C:
		case <-ping.C:
			if conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeMax)) != nil {
				return
			}
		}
	}
}

func (w *watch) send(conn *websocket.Conn, m message) error {
	m.Build, m.Epoch, m.Now = w.site.build, w.site.epoch, w.site.now().UnixMilli()
	conn.SetWriteDeadline(time.Now().Add(writeMax))
	to, err := conn.NextWriter(websocket.TextMessage)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false) // it is set into a page by a script, never found inside one; escaped it is half as long again
	if err := encoder.Encode(m); err != nil {
		return err
	}
	return to.Close()
}
