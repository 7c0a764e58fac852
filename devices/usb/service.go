package usb

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"markaz.example/devices/port"
)

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
	if err := v.greet(); err != nil {
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

// greet answers even a greeting that it refuses: the other end can then say which version is wanted.
func (v *service) greet() error {
	if err := v.conn.SetDeadline(time.Now().Add(greetWait)); err != nil {
		return err
	}
	err := heard(v.conn)
	if err != nil && !errors.Is(err, ErrProtocol) {
		return err
	}
	if _, sent := v.conn.Write(greeting[:]); err != nil || sent != nil {
		return cmp.Or(err, sent)
	}
	return v.conn.SetDeadline(time.Time{})
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
	frame := a.encode()
	if err := send(v.conn, &v.sending, frame); err != nil {
		v.conn.Close() // half a frame cannot be mended
	}
	clear(frame) // fingerprints pass here, and nothing of them stays
	clear(a.data)
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
	devices, err := v.server.list(ctx, raw)
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
		return answer{}.with(fmt.Errorf("find the device: %w", err))
	}
	h, err := v.take(ctx, d)
	if err != nil {
		return answer{}.with(fmt.Errorf("%s at %s: %w", d.USBID(), d.Path, err))
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
	devices, err := v.server.list(ctx, raw)
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

// read asks the device for whole packets, of which the last may be more than was wanted: a packet that does not fit its
// buffer fails the whole transfer on a real bus.
func read(ctx context.Context, h Handle, d Device, c call) answer {
	packet, ok := d.Interface.packet(c.endpoint)
	if !ok || c.endpoint&directionIn == 0 {
		return answer{}.with(fmt.Errorf("%w: read from endpoint %02x", ErrRequest, c.endpoint))
	}
	b := make([]byte, (c.length+packet-1)/packet*packet)
	n, err := h.Read(ctx, c.endpoint, b)
	if n > c.length {
		err = errors.Join(fmt.Errorf("%w: the device sent %d bytes where %d were asked for", ErrRequest, n, c.length), err)
		n = c.length
	}
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
