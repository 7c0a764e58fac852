package paypoint

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"markaz.example/devices/paypoint/frame"
	"markaz.example/devices/paypoint/iso"
	"markaz.example/devices/paypoint/push"
	"markaz.example/devices/profile"
)

// SimLine is one bank's end of a Line: it connects to the box and tells.
type SimLine struct {
	Bank    string
	Profile profile.Paypoint
	Addr    string // host:port of the box's end
	Secret  []byte // of a push

	once  sync.Once
	out   chan []byte   // messages without their frames
	end   chan struct{} // closed when nothing more will be put
	codec *iso.Codec
	chaos float64

	mu     sync.Mutex // guards what follows
	random *rand.Rand
	next   SimFault // what the next message meets
	held   []byte   // a message that is late
	late   bool
	count  map[string]int
}

// SimFault is what a network or a careless bank does to one message.
type SimFault int

// The faults. All but the first four lose the message.
const (
	SimNone       SimFault = iota
	SimTwice               // sent again
	SimLate                // sent after the next one
	SimSplit               // the length arrives in two pieces
	SimNoLength            // a length of nothing
	SimHugeLength          // 65535, or 9999
	SimWrongTPDU           // a first byte that is none
	SimHalfOpen            // half of it arrives, and then nothing: the cable is out
	SimGarbage             // anything

	simFaults
)

func (l *SimLine) init() {
	l.once.Do(func() {
		l.out, l.end, l.count = make(chan []byte, simQueue), make(chan struct{}), map[string]int{}
		codec, err := iso.NewCodec(l.Profile.ISO)
		if err != nil {
			panic(fmt.Sprintf("BUG: a simulated line with a profile that was not checked: %v", err))
		}
		l.codec = codec
	})
}

func (l *SimLine) prepare(r *rand.Rand, chaos float64) {
	l.init()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.random, l.chaos = r, chaos
}

// finish lets run end when everything is sent.
func (l *SimLine) finish() { close(l.end) }

// Do lets a fault happen to the next message.
func (l *SimLine) Do(f SimFault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next = f
}

// Counted is how often the box has answered what: "0810 00", or the words of its answers to a push.
func (l *SimLine) Counted(what string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count[what]
}

// Counts is all that Counted can tell.
func (l *SimLine) Counts() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.count)
}

func (l *SimLine) add(what string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count[what] += n
}

func (l *SimLine) ndc() bool { return l.Profile.Protocol == profile.ProtocolNDC }
func (l *SimLine) iso() bool { return l.Profile.Protocol == profile.ProtocolISO }

func (l *SimLine) speaksOf(t *SimTerminal) bool {
	if t.ID.Bank != l.Bank {
		return false
	}
	switch l.Profile.Protocol {
	case profile.ProtocolNDC:
		return t.LUNO != ""
	case profile.ProtocolISO:
		return t.TID != ""
	}
	return true
}

// put queues a message, and waits while the line is slow; when the line has ended it does nothing.
func (l *SimLine) put(ctx context.Context, message []byte) {
	select {
	case l.out <- message:
	case <-l.end:
	case <-ctx.Done():
	}
}

// status says how a terminal is.
func (l *SimLine) status(ctx context.Context, t *SimTerminal) {
	l.init()
	switch l.Profile.Protocol {
	case profile.ProtocolPush:
		l.putJSON(ctx, t)
	case profile.ProtocolNDC:
		if t.reachable() {
			for _, s := range t.statuses() {
				l.put(ctx, wire(s))
			}
		}
	case profile.ProtocolISO:
		if t.reachable() {
			l.putISO(ctx, t, "0800", map[int]string{70: t.signed()})
		}
	}
}

func (l *SimLine) putJSON(ctx context.Context, t *SimTerminal) {
	body, err := json.Marshal(t.message(time.Now()))
	if err != nil {
		panic(fmt.Sprintf("BUG: a push message that is no JSON: %v", err))
	}
	l.put(ctx, body)
}

// customer tells of a withdrawal as a bank does that strips nothing.
func (l *SimLine) customer(ctx context.Context, t *SimTerminal, c Card, paid bool) {
	switch l.Profile.Protocol {
	case profile.ProtocolPush:
		l.putJSON(ctx, t)
	case profile.ProtocolNDC:
		l.put(ctx, wire(fmt.Sprintf("11|%s|||1;|;%s?||AB      |00005000|%s|||%%%s?", t.LUNO, c.Track2(), hex.EncodeToString(c.PIN[:]), c.Track1())))
		l.put(ctx, wire(fmt.Sprintf("12|%s||D0;%s?|0|00|0", t.LUNO, c.Track2())))
		if paid {
			l.put(ctx, wire(fmt.Sprintf("22|%s||B", t.LUNO)))
		}
	case profile.ProtocolISO:
		l.putISO(ctx, t, "0200", paper(c))
		if paid {
			done := paper(c)
			done[38], done[39] = "A1B2C3", "00"
			l.putISO(ctx, t, "0220", done)
		}
	}
}

// paper is a payment as a terminal asks for it.
func paper(c Card) map[int]string {
	return map[int]string{
		2: c.Number, 3: "000000", 4: "000000500000", 12: "104215", 13: "1121", 14: c.Expiry, 22: "051", 25: "00",
		35: c.Track2(), 37: "632510000047", 45: c.Track1(), 49: "586", 52: string(c.PIN[:]), 55: string(c.Chip()), 62: "PAN " + c.Number,
	}
}

func (l *SimLine) putISO(ctx context.Context, t *SimTerminal, mti string, fields map[int]string) {
	fields[7], fields[11], fields[41] = time.Now().UTC().Format("0102150405"), fmt.Sprintf("%06d", t.nextTrace()), fmt.Sprintf("%-8s", t.TID)
	if l.Profile.ISO.Bitmap == profile.BitmapHex {
		for _, n := range []int{52, 55} {
			if b, ok := fields[n]; ok {
				fields[n] = strings.ToUpper(hex.EncodeToString([]byte(b)))
			}
		}
	}
	body, err := l.codec.Encode(iso.Message{MTI: mti, Fields: fields})
	if err != nil {
		panic(fmt.Sprintf("BUG: simulated terminal: %v", err))
	}
	if l.Profile.Frame.TPDU {
		body = append([]byte{0x60, 0, 1, 0, 0}, body...)
	}
	l.put(ctx, body)
}

// run sends what is put until the end, over as many connections as it takes.
func (l *SimLine) run(ctx context.Context) {
	w := &simWire{line: l}
	defer w.hangUp()
	for {
		select {
		case m := <-l.out:
			l.send(ctx, w, m)
		case <-l.end:
			l.rest(ctx, w)
			return
		case <-ctx.Done():
			return
		}
	}
}

// rest sends what is still queued.
func (l *SimLine) rest(ctx context.Context, w *simWire) {
	for {
		select {
		case m := <-l.out:
			l.send(ctx, w, m)
		default:
			w.finish()
			return
		}
	}
}

// send is one message with what it meets.
func (l *SimLine) send(ctx context.Context, w *simWire, m []byte) {
	f := l.meets()
	if l.late && f != SimLate {
		defer func() { w.send(ctx, l.held); l.held, l.late = nil, false }()
	}
	switch f {
	case SimTwice:
		w.send(ctx, m)
		w.send(ctx, m)
	case SimLate:
		if l.late {
			w.send(ctx, l.held)
		}
		l.held, l.late = m, true
	default:
		w.sendBroken(ctx, m, f)
	}
}

func (l *SimLine) meets() SimFault {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.next
	l.next = SimNone
	if f == SimNone && l.random.Float64() < l.chaos {
		f = SimFault(l.random.IntN(int(simFaults)))
	}
	return f
}

// simWire is the present connection of a SimLine, owned by its run.
type simWire struct {
	line  *SimLine
	conn  net.Conn
	deaf  chan struct{} // closed when the box has hung up on conn
	ears  sync.WaitGroup
	stale []net.Conn // half-open ones
	http  http.Client
}

// finish says that nothing follows, and hears the box out.
func (w *simWire) finish() {
	c, ok := w.conn.(*net.TCPConn)
	if !ok || c.CloseWrite() != nil || c.SetReadDeadline(time.Now().Add(simFinish)) != nil {
		return
	}
	for _, s := range w.stale {
		_ = s.Close() // nobody is there
	}
	w.ears.Wait()
}

// hangUp ends every connection and waits for their readers.
func (w *simWire) hangUp() {
	if w.conn != nil {
		_ = w.conn.Close() // its reader ends
	}
	for _, c := range w.stale {
		_ = c.Close() // nobody is there
	}
	w.http.CloseIdleConnections()
	w.ears.Wait()
}

func (w *simWire) send(ctx context.Context, m []byte) { w.sendBroken(ctx, m, SimNone) }

func (w *simWire) sendBroken(ctx context.Context, m []byte, f SimFault) {
	if w.line.Profile.Protocol == profile.ProtocolPush {
		w.push(ctx, m, f)
		return
	}
	if w.conn == nil && !w.dial(ctx) {
		return
	}
	how := w.line.Profile.Frame
	b := frame.Append(nil, how, m)
	switch f {
	case SimSplit:
		w.write(b[:1])
		b = b[1:]
	case SimNoLength:
		b = frame.Append(nil, how, nil)
	case SimHugeLength:
		b = []byte{0xff, 0xff, 0xff, 0xff}
		if how.Length == profile.LengthASCII {
			b = []byte("9999")
		}
	case SimWrongTPDU:
		b[len(b)-len(m)] ^= 0x0f
	case SimHalfOpen:
		w.write(b[:len(b)/2])
		w.abandon()
		return
	case SimGarbage:
		b = frame.Append(nil, how, []byte("\x00garbage\xff"))
	}
	w.write(b)
	if f == SimNoLength || f == SimHugeLength {
		w.hungUpOn()
	}
}

// abandon leaves the connection open, with nobody at this end.
func (w *simWire) abandon() {
	if w.conn == nil {
		return
	}
	w.stale, w.conn = append(w.stale, w.conn), nil
	if len(w.stale) > simStale {
		_ = w.stale[0].Close() // nobody is there
		w.stale = w.stale[1:]
	}
}

// hungUpOn waits until the box has hung up, as it does when lengths make no sense.
func (w *simWire) hungUpOn() {
	if w.conn == nil {
		return
	}
	select {
	case <-w.deaf:
	case <-time.After(simFinish):
	}
	_ = w.conn.Close() // it is gone already
	w.conn = nil
}

// push posts a message. Faults of framing become broken JSON.
func (w *simWire) push(ctx context.Context, m []byte, f SimFault) {
	if f >= SimNoLength {
		m = append(slices.Clone(m[:len(m)/2]), '?') // a digit at the end would not be handed on
	}
	c := push.Client{URL: "http://" + w.line.Addr + "/", Secret: w.line.Secret, HTTP: &w.http}
	a, err := c.SendBytes(ctx, m)
	if err != nil {
		w.line.add("no-answer", 1)
		return
	}
	w.line.add("accepted", a.Accepted)
	w.line.add("known", a.Known)
	for _, r := range a.Refused {
		w.line.add(r.Why, 1)
	}
}

func (w *simWire) dial(ctx context.Context) bool {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", w.line.Addr)
	if err != nil {
		w.line.add("no-connection", 1)
		return false
	}
	deaf := make(chan struct{})
	w.conn, w.deaf = c, deaf
	w.ears.Go(func() { defer close(deaf); w.line.listen(c) })
	return true
}

// write forgets the connection when the box has hung up.
func (w *simWire) write(b []byte) {
	if w.conn == nil {
		return // since the first piece
	}
	if _, err := w.conn.Write(b); err != nil {
		_ = w.conn.Close() // it is gone already
		w.conn = nil
	}
}

// listen counts answers until the box or the line hangs up.
func (l *SimLine) listen(c net.Conn) {
	in := frame.NewReader(c, l.Profile.Frame, iso.MessageBytesMax, time.Hour, time.Minute)
	for {
		b, err := in.Next()
		if err != nil {
			if err != io.EOF {
				l.add("hung-up", 1)
			}
			return
		}
		if l.Profile.Frame.TPDU {
			b = b[min(len(b), 5):]
		}
		if m, err := l.codec.Decode(b); err == nil {
			l.add(m.MTI+" "+m.Fields[39], 1)
		}
	}
}
