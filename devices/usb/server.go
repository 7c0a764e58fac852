package usb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"markaz.example/devices/port"
)

// Server hands the interfaces of a Bus to whoever connects. Set the fields before Run.
type Server struct {
	Bus Bus
	Log *slog.Logger // nil means silence

	mu    sync.Mutex
	taken map[place]bool // guarded by mu: interfaces that are open, or being opened
}

// place names an interface on the bus.
type place struct {
	path           string
	config, number int
}

// Listen makes the socket at path, for its owner and group. A socket that a killed process left is replaced; one that
// answers is an error.
func Listen(path string) (net.Listener, error) {
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return nil, fmt.Errorf("serve %s: %w", path, port.ErrBusy)
	}
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == os.ModeSocket {
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("remove the socket of a process that ended: %w", err)
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o660); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Run serves until the context ends, and closes the listener. When it returns every interface has been released and the
// kernel's drivers have theirs back. The error is nil when the context ended.
func (s *Server) Run(ctx context.Context, l net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	var parts sync.WaitGroup
	parts.Go(func() { <-ctx.Done(); l.Close() })
	defer parts.Wait()
	defer cancel()
	places := make(chan struct{}, connectionsMax)
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("accept a connection: %w", err)
		}
		select {
		case places <- struct{}{}:
		default:
			s.log().Warn("too many connections", "most", connectionsMax)
			conn.Close()
			continue
		}
		parts.Go(func() { defer func() { <-places }(); s.Serve(ctx, conn) })
	}
}

// Serve is one connection, until either end is gone. It closes the connection and the interface that was opened on it.
func (s *Server) Serve(ctx context.Context, conn net.Conn) {
	ctx, cancel := context.WithCancel(ctx)
	v := &service{server: s, conn: conn, calls: make(map[uint32]context.CancelFunc)}
	var parts sync.WaitGroup
	parts.Go(func() { <-ctx.Done(); conn.Close() })
	err := v.listen(ctx, &parts)
	cancel()
	parts.Wait()
	if released := v.release(); released != nil {
		s.log().Warn("release USB device", "path", v.device.Path, "err", released)
	}
	if errors.Is(err, ErrProtocol) {
		s.log().Warn("connection ended", "err", err)
	}
}

func (s *Server) log() *slog.Logger {
	if s.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return s.Log
}

// take makes an interface ours among all connections.
func (s *Server) take(d Device) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := placeOf(d)
	if s.taken[p] {
		return port.ErrBusy
	}
	if s.taken == nil {
		s.taken = make(map[place]bool)
	}
	s.taken[p] = true
	return nil
}

func (s *Server) giveBack(d Device) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.taken, placeOf(d))
}

func placeOf(d Device) place { return place{d.Path, d.Interface.Config, d.Interface.Number} }

// service is one connection.
type service struct {
	server *Server
	conn   net.Conn

	sending sync.Mutex // one frame at a time

	mu     sync.Mutex
	calls  map[uint32]context.CancelFunc // guarded by mu: what is under way
	opened bool                          // guarded by mu: an interface was asked for; one is all there is
	handle Handle                        // guarded by mu: nil before it is open and after it was released
	device Device                        // guarded by mu until handle is set, then never changed
}

func (v *service) listen(ctx context.Context, parts *sync.WaitGroup) error {
	if err := v.conn.SetDeadline(time.Now().Add(greetWait)); err != nil {
		return err
	}
	if err := heard(v.conn); errors.Is(err, ErrProtocol) {
		_, _ = v.conn.Write(greeting[:]) // so that the other end can say which version is wanted
		return err
	} else if err != nil {
		return err
	}
	if _, err := v.conn.Write(greeting[:]); err != nil {
		return err
	}
	if err := v.conn.SetDeadline(time.Time{}); err != nil {
		return err
	}
	for {
		frame, err := readFrame(v.conn)
		if err != nil {
			return err
		}
		c, err := decodeCall(frame)
		if err != nil {
			return err
		}
		if err := v.begin(ctx, c, parts); err != nil {
			return err
		}
	}
}

// begin starts a request, or cancels one.
func (v *service) begin(ctx context.Context, c call, parts *sync.WaitGroup) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	cancel, running := v.calls[c.number]
	switch {
	case c.op == opCancel:
		if running {
			cancel()
		}
		return nil
	case running:
		return fmt.Errorf("%w: request %d begun twice", ErrProtocol, c.number)
	case len(v.calls) >= callsMax:
		return fmt.Errorf("%w: more than %d requests at once", ErrProtocol, callsMax)
	}
	ctx, cancel = withWait(ctx, c.wait)
	v.calls[c.number] = cancel
	parts.Go(func() { v.finish(c, v.do(ctx, c)) })
	return nil
}

func withWait(ctx context.Context, wait time.Duration) (context.Context, context.CancelFunc) {
	if wait == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, wait)
}

// finish forgets the request before it is answered: its number is free as soon as the other end knows.
func (v *service) finish(c call, a answer) {
	v.mu.Lock()
	v.calls[c.number]()
	delete(v.calls, c.number)
	v.mu.Unlock()
	a.number = c.number
	if err := send(v.conn, &v.sending, a.encode()); err != nil {
		v.conn.Close() // half a frame cannot be mended
	}
}

// send writes one frame.
func send(conn net.Conn, turn *sync.Mutex, frame []byte) error {
	turn.Lock()
	defer turn.Unlock()
	if err := conn.SetWriteDeadline(time.Now().Add(sendWait)); err != nil {
		return err
	}
	_, err := conn.Write(frame)
	return err
}

func (v *service) do(ctx context.Context, c call) answer {
	switch c.op {
	case opList:
		return v.list(ctx, c.selector.IDs)
	case opOpen:
		return v.open(ctx, c)
	case opClose:
		return answer{}.with(v.release())
	}
	v.mu.Lock()
	h, d := v.handle, v.device
	v.mu.Unlock()
	if h == nil {
		return answer{}.with(fmt.Errorf("no interface is open: %w", port.ErrClosed))
	}
	switch c.op {
	case opRead:
		return read(ctx, h, d, c)
	case opWrite:
		return write(ctx, h, d, c)
	}
	return control(ctx, h, c)
}

func (v *service) list(ctx context.Context, raw []ID) answer {
	devices, err := v.server.Bus.List(ctx, raw)
	if len(devices) > devicesMax {
		devices, err = devices[:devicesMax], errors.Join(err, fmt.Errorf("only %d of %d interfaces are shown", devicesMax, len(devices)))
	}
	return answer{}.describing(devices).with(err)
}

// describing puts v into an answer.
func (a answer) describing(v any) answer {
	b, err := json.Marshal(v)
	if err == nil && len(b) > transferBytesMax {
		err = fmt.Errorf("the description has %d bytes, at most %d can be sent", len(b), transferBytesMax)
	}
	if err != nil {
		return a.with(err)
	}
	a.data = b
	return a
}

// open finds the device and takes it. A device that is opened while its connection ends is released by Serve.
func (v *service) open(ctx context.Context, c call) answer {
	v.mu.Lock()
	again := v.opened
	v.opened = true
	v.mu.Unlock()
	if again {
		return answer{}.with(fmt.Errorf("%w: a connection opens one interface", ErrRequest))
	}
	if c.kind == Raw && len(c.selector.IDs) == 0 {
		return answer{}.with(fmt.Errorf("%w: a raw interface is opened by its vendor and product", ErrRequest))
	}
	d, err := v.find(ctx, c)
	if err != nil {
		return answer{}.with(fmt.Errorf("find USB device (%s): %w", c.selector, err))
	}
	h, err := v.take(ctx, d)
	if err != nil {
		return answer{}.with(fmt.Errorf("open USB device %s at %s: %w", d.USBID(), d.Path, err))
	}
	v.mu.Lock()
	v.handle, v.device = h, d
	v.mu.Unlock()
	v.server.log().Info("USB device opened", "path", d.Path, "usb", d.USBID().String(), "interface", d.Interface.Number)
	return answer{}.describing(d)
}

func (v *service) find(ctx context.Context, c call) (Device, error) {
	var raw []ID
	if c.kind == Raw {
		raw = c.selector.IDs
	}
	devices, err := v.server.Bus.List(ctx, raw)
	return c.selector.pick(devices, c.kind, err)
}

func (v *service) take(ctx context.Context, d Device) (Handle, error) {
	if err := v.server.take(d); err != nil {
		return nil, err
	}
	h, err := v.server.Bus.Open(ctx, d)
	if err != nil {
		v.server.giveBack(d)
	}
	return h, err
}

// release gives the interface back, once.
func (v *service) release() error {
	v.mu.Lock()
	h, d := v.handle, v.device
	v.handle = nil
	v.mu.Unlock()
	if h == nil {
		return nil
	}
	defer v.server.giveBack(d)
	v.server.log().Info("USB device released", "path", d.Path, "usb", d.USBID().String(), "interface", d.Interface.Number)
	return h.Close()
}

func read(ctx context.Context, h Handle, d Device, c call) answer {
	packet, ok := d.Interface.packet(c.endpoint)
	if !ok || c.endpoint&directionIn == 0 || c.length%packet != 0 {
		return answer{}.with(fmt.Errorf("%w: read %d bytes from endpoint %02x with packets of %d", ErrRequest, c.length, c.endpoint, packet))
	}
	b := make([]byte, c.length)
	n, err := h.Read(ctx, c.endpoint, b)
	return answer{count: n, data: b[:n]}.with(err)
}

func write(ctx context.Context, h Handle, d Device, c call) answer {
	if _, ok := d.Interface.packet(c.endpoint); !ok || c.endpoint&directionIn != 0 {
		return answer{}.with(fmt.Errorf("%w: write to endpoint %02x", ErrRequest, c.endpoint))
	}
	n, err := h.Write(ctx, c.endpoint, c.data)
	return answer{count: n}.with(err)
}

func control(ctx context.Context, h Handle, c call) answer {
	b := c.data
	if c.request.Type&directionIn != 0 {
		b = make([]byte, c.length)
	}
	n, err := h.Control(ctx, c.request, b)
	a := answer{count: n}
	if c.request.Type&directionIn != 0 {
		a.data = b[:n]
	}
	return a.with(err)
}
