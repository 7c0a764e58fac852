package usb

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"markaz.example/devices/port"
)

// ErrNotRunning: nobody serves the socket.
var ErrNotRunning = errors.New("the USB program is not running; start it: systemctl start markaz-usb")

// SocketPath is where markaz-usb serves unless it is told otherwise.
const SocketPath = "/run/markaz-usb/usb.sock"

// Socket is the way to markaz-usb.
type Socket struct {
	Path string                                      // "" means SocketPath
	Dial func(ctx context.Context) (net.Conn, error) // nil means the Unix socket at Path
}

// List describes what is plugged in: printers, and the devices whose ids are in raw, at most 16. With an error the
// devices are those that could be described. Errors: ErrNotRunning, ErrPermission, ErrNoUSB.
func (s Socket) List(ctx context.Context, raw ...ID) ([]Device, error) {
	if len(raw) > idsMax {
		return nil, fmt.Errorf("list USB devices: %w: %d ids, at most %d", ErrRequest, len(raw), idsMax)
	}
	l, err := s.dial(ctx)
	if err != nil {
		return nil, fmt.Errorf("list USB devices: %w", err)
	}
	defer l.end(port.ErrClosed)
	a, err := l.do(ctx, call{op: opList, selector: Selector{IDs: raw}})
	devices, parseErr := parseDevices(a.data)
	if err = errors.Join(err, parseErr); err != nil {
		err = fmt.Errorf("list USB devices: %w", err)
	}
	return devices, err
}

// Interface opens a raw interface by its selector, which names at least one id.
type Interface struct {
	Socket   Socket
	Selector Selector
}

// OpenUSB takes the interface. Beside an Opener's errors: ErrNotRunning, ErrPermission, ErrSeveral.
func (i Interface) OpenUSB(ctx context.Context) (Handle, error) {
	return i.Socket.open(ctx, Raw, i.Selector)
}

// open takes an interface of either kind on a connection of its own.
func (s Socket) open(ctx context.Context, kind Kind, selector Selector) (*remote, error) {
	if len(selector.IDs) > idsMax || max(len(selector.Path), len(selector.Serial)) > selectorBytesMax {
		return nil, fmt.Errorf("%w: selector %s is too long", ErrRequest, selector)
	}
	l, err := s.dial(ctx)
	if err != nil {
		return nil, err
	}
	a, err := l.do(ctx, call{op: opOpen, kind: kind, selector: selector})
	if err != nil {
		l.end(err)
		return nil, err
	}
	d, err := parseDevice(a.data)
	if err != nil {
		l.end(err)
		return nil, err
	}
	return &remote{link: l, device: d}, nil
}

func (s Socket) dial(ctx context.Context) (*link, error) {
	path := cmp.Or(s.Path, SocketPath)
	dial := s.Dial
	if dial == nil {
		dial = func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "unix", path) }
	}
	conn, err := dial(ctx)
	switch {
	case errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return nil, fmt.Errorf("%w (%w)", ErrNotRunning, err)
	case errors.Is(err, os.ErrPermission):
		return nil, fmt.Errorf("%w; add this user to the group of %s (%w)", ErrPermission, path, err)
	case err != nil:
		return nil, err
	}
	return newLink(ctx, conn)
}

// link is one connection. Its one goroutine hears the answers and has ended when end returns.
type link struct {
	conn    net.Conn
	sending sync.Mutex // one frame at a time
	hearing sync.WaitGroup
	over    chan struct{} // closed when no more answers come

	mu      sync.Mutex
	number  uint32                   // guarded by mu: of the last request
	waiting map[uint32]chan<- answer // guarded by mu
	cause   error                    // guarded by mu: why it ended; nil while it has not
}

// newLink greets. The context bounds the greeting, and greetWait does.
func newLink(ctx context.Context, conn net.Conn) (*link, error) {
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	err := conn.SetDeadline(time.Now().Add(greetWait))
	if err == nil {
		err = greet(conn)
	}
	if err == nil {
		err = conn.SetDeadline(time.Time{})
	}
	if !stop() || err != nil {
		conn.Close()
		return nil, fmt.Errorf("greet markaz-usb: %w", cmp.Or(context.Cause(ctx), err))
	}
	l := &link{conn: conn, over: make(chan struct{}), waiting: make(map[uint32]chan<- answer)}
	l.hearing.Go(l.hear)
	return l, nil
}

// hear hands answers to those who wait for them.
func (l *link) hear() {
	defer close(l.over)
	for {
		frame, err := readFrame(l.conn)
		var a answer
		if err == nil {
			a, err = decodeAnswer(frame)
		}
		if err != nil {
			l.fail(fmt.Errorf("markaz-usb hung up: %w (%w)", port.ErrGone, err))
			return
		}
		l.mu.Lock()
		done := l.waiting[a.number]
		delete(l.waiting, a.number)
		l.mu.Unlock()
		if done != nil {
			done <- a
		}
	}
}

// fail ends the connection for a reason, of which the first is kept.
func (l *link) fail(cause error) {
	l.mu.Lock()
	if l.cause == nil {
		l.cause = cause
	}
	l.mu.Unlock()
	l.conn.Close()
}

// end is fail, and waits for the goroutine.
func (l *link) end(cause error) {
	l.fail(cause)
	l.hearing.Wait()
}

func (l *link) ended() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cause
}

// asked is a request under way.
type asked struct {
	number uint32
	done   <-chan answer // holds one
}

// ask sends a request.
func (l *link) ask(c call) (asked, error) {
	done := make(chan answer, 1)
	l.mu.Lock()
	if l.cause != nil {
		defer l.mu.Unlock()
		return asked{}, l.cause
	}
	l.number++
	c.number = l.number
	l.waiting[c.number] = done
	l.mu.Unlock()
	if err := l.send(c); err != nil {
		return asked{}, err
	}
	return asked{c.number, done}, nil
}

func (l *link) send(c call) error {
	if err := send(l.conn, &l.sending, c.encode()); err != nil {
		l.fail(fmt.Errorf("markaz-usb takes no request: %w (%w)", port.ErrGone, err))
		return l.ended()
	}
	return nil
}

// do asks and waits. When the context ends the request is cancelled and its answer still waited for: it has the count of
// what was moved. An answer that does not come even then is a process that hangs, and the connection ends.
func (l *link) do(ctx context.Context, c call) (answer, error) {
	q, err := l.ask(c)
	if err != nil {
		return answer{}, err
	}
	select {
	case a := <-q.done:
		return a, a.err()
	case <-l.over:
		return l.last(q)
	case <-ctx.Done():
	}
	if err := l.send(call{op: opCancel, number: q.number}); err != nil {
		return l.last(q)
	}
	grace := time.NewTimer(answerGrace)
	defer grace.Stop()
	select {
	case a := <-q.done:
		return a, a.err()
	case <-l.over:
	case <-grace.C:
		l.fail(fmt.Errorf("markaz-usb does not answer: %w", port.ErrGone))
	}
	return l.last(q)
}

// last is the answer that came before the end, or the reason of the end.
func (l *link) last(q asked) (answer, error) {
	select {
	case a := <-q.done:
		return a, a.err()
	default:
		return answer{}, l.ended()
	}
}

func parseDevices(data []byte) ([]Device, error) {
	if len(data) == 0 {
		return nil, nil
	}
	var devices []Device
	if err := json.Unmarshal(data, &devices); err != nil || len(devices) > devicesMax {
		return nil, fmt.Errorf("%w: list of devices", ErrProtocol)
	}
	for i := range devices {
		if err := devices[i].check(); err != nil {
			return nil, err
		}
	}
	return devices, nil
}

func parseDevice(data []byte) (Device, error) {
	var d Device
	if err := json.Unmarshal(data, &d); err != nil {
		return Device{}, fmt.Errorf("%w: description of a device", ErrProtocol)
	}
	return d, d.check()
}

// check holds what came over the socket to what List promises.
func (d *Device) check() error {
	if len(d.Interface.Endpoints) > endpointsMax || max(len(d.Path), len(d.Serial)) > selectorBytesMax || d.Kind != Print && d.Kind != Raw {
		return fmt.Errorf("%w: description of a device", ErrProtocol)
	}
	for _, e := range d.Interface.Endpoints {
		if e.Packet < 0 || e.Packet > packetBytesMax {
			return fmt.Errorf("%w: packets of %d bytes", ErrProtocol, e.Packet)
		}
	}
	d.Path, d.Serial = Printable(d.Path), Printable(d.Serial)
	d.ID.clean()
	return nil
}
