//go:build cgo

package libusb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/gousb"

	"markaz.example/devices/port"
	"markaz.example/devices/usb"
)

// Open takes an interface; the kernel's driver is detached from it until Close.
func (Bus) Open(_ context.Context, d usb.Device) (usb.Handle, error) {
	h := &handle{device: d, in: make(map[uint8]*gousb.InEndpoint), out: make(map[uint8]*gousb.OutEndpoint)}
	h.life, h.end = context.WithCancel(context.Background())
	if err := h.open(); err != nil {
		h.end()
		return nil, errors.Join(err, h.release())
	}
	return h, nil
}

// handle is one interface of one device, in a libusb context of its own.
type handle struct {
	device usb.Device
	ctx    *gousb.Context
	dev    *gousb.Device
	config *gousb.Config
	face   *gousb.Interface
	in     map[uint8]*gousb.InEndpoint
	out    map[uint8]*gousb.OutEndpoint

	life  context.Context // until Close: libusb must have no transfer left when a device is closed
	end   context.CancelFunc
	calls sync.WaitGroup

	controls sync.Mutex // one control request at a time; guards the device's ControlTimeout

	mu     sync.Mutex
	closed bool // guarded by mu
}

func (h *handle) open() error {
	ctx, err := newContext()
	if err != nil {
		return err
	}
	h.ctx = ctx
	if err := h.find(); err != nil {
		return err
	}
	face := h.device.Interface
	if h.config, err = h.dev.Config(face.Config); err != nil {
		return claimed(err)
	}
	if face.Number >= len(h.config.Desc.Interfaces) {
		return fmt.Errorf("%w: the device numbers its interfaces with gaps", usb.ErrRequest)
	}
	// Only now: set before Config, it takes the drivers of all interfaces away, and Close gives back this one's alone.
	if err := h.dev.SetAutoDetach(true); err != nil {
		return err
	}
	if h.face, err = h.config.Interface(face.Number, face.Alternate); err != nil {
		return claimed(err)
	}
	return h.prepare()
}

// find opens the device, which may have been unplugged since it was listed, or another be in its place.
func (h *handle) find() error {
	found, err := h.ctx.OpenDevices(func(desc *gousb.DeviceDesc) bool {
		return devicePath(desc) == h.device.Path && desc.Address == h.device.Address &&
			uint16(desc.Vendor) == h.device.Vendor && uint16(desc.Product) == h.device.Product
	})
	for i, dev := range found {
		if i == 0 {
			h.dev = dev
			continue
		}
		err = errors.Join(err, dev.Close())
	}
	switch {
	case h.dev != nil:
		return nil
	case errors.Is(err, gousb.ErrorAccess):
		return usb.ErrPermission
	case err != nil && !errors.Is(err, gousb.ErrorNoDevice):
		return err
	}
	return port.ErrGone
}

// claimed gives back to an error of Config or Interface the meaning of the text in it: gousb wraps it without its type.
func claimed(err error) error {
	for _, known := range []struct {
		cause   gousb.Error
		meaning error
	}{{gousb.ErrorBusy, port.ErrBusy}, {gousb.ErrorNoDevice, port.ErrGone}, {gousb.ErrorAccess, usb.ErrPermission}} {
		if strings.Contains(err.Error(), known.cause.Error()) {
			return fmt.Errorf("%w (%w)", known.meaning, err)
		}
	}
	return err
}

func (h *handle) prepare() (err error) {
	for _, e := range h.face.Setting.Endpoints {
		address := uint8(e.Address)
		if e.Direction == gousb.EndpointDirectionIn {
			h.in[address], err = h.face.InEndpoint(e.Number)
		} else {
			h.out[address], err = h.face.OutEndpoint(e.Number)
		}
		if err != nil {
			return err
		}
	}
	h.dev.ControlTimeout = usb.ControlMax
	return nil
}

func (h *handle) Endpoints() []usb.Endpoint { return h.device.Interface.Endpoints }

// enter makes Close wait for a call, and ends the call's context with Close.
func (h *handle) enter(ctx context.Context) (context.Context, func(), error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, nil, port.ErrClosed
	}
	h.calls.Add(1)
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(h.life, cancel)
	return ctx, func() { stop(); cancel(); h.calls.Done() }, nil
}

func (h *handle) Read(ctx context.Context, endpoint uint8, b []byte) (int, error) {
	e, ok := h.in[endpoint]
	if !ok {
		return 0, fmt.Errorf("%w: no endpoint %02x", usb.ErrRequest, endpoint)
	}
	ctx, leave, err := h.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	n, err := e.ReadContext(ctx, b)
	n = max(n, 0)
	if err = h.meaning(err); n > 0 && errors.Is(err, port.ErrQuiet) {
		return n, nil
	}
	return n, err
}

func (h *handle) Write(ctx context.Context, endpoint uint8, b []byte) (int, error) {
	e, ok := h.out[endpoint]
	if !ok {
		return 0, fmt.Errorf("%w: no endpoint %02x", usb.ErrRequest, endpoint)
	}
	ctx, leave, err := h.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	n, err := e.WriteContext(ctx, b)
	return max(n, 0), h.meaning(err)
}

// Control cannot be cut short: libusb waits for it. It is bounded by the context's deadline and by usb.ControlMax.
func (h *handle) Control(ctx context.Context, r usb.Request, data []byte) (int, error) {
	ctx, leave, err := h.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	h.controls.Lock()
	defer h.controls.Unlock()
	if ctx.Err() != nil {
		return 0, h.meaning(gousb.TransferCancelled)
	}
	n, err := h.control(r, data, timeout(ctx))
	return n, h.meaning(err)
}

// control wants the lock. libusb takes a time limit of 0 for none.
func (h *handle) control(r usb.Request, data []byte, limit time.Duration) (int, error) {
	h.dev.ControlTimeout = max(limit, time.Millisecond)
	n, err := h.dev.Control(r.Type, r.Code, r.Value, r.Index, data)
	return max(n, 0), err
}

func timeout(ctx context.Context) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return min(time.Until(deadline), usb.ControlMax)
	}
	return usb.ControlMax
}

// meaning sorts what libusb said into the errors of a usb.Handle. A failure that is not an unplug is ErrGone as well:
// opening anew is the cure for both.
func (h *handle) meaning(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gousb.TransferCancelled) && h.life.Err() != nil:
		return port.ErrClosed
	case errors.Is(err, gousb.TransferCancelled), errors.Is(err, gousb.TransferTimedOut), errors.Is(err, gousb.ErrorTimeout):
		return port.ErrQuiet
	case errors.Is(err, gousb.TransferStall), errors.Is(err, gousb.ErrorPipe):
		return usb.ErrStall
	case errors.Is(err, gousb.TransferOverflow), errors.Is(err, gousb.ErrorOverflow):
		return fmt.Errorf("%w: the device sent more than was asked for (%w)", usb.ErrRequest, err)
	case errors.Is(err, gousb.TransferNoDevice), errors.Is(err, gousb.ErrorNoDevice):
		return port.ErrGone
	}
	return h.failed(err)
}

// failed finds out whether a transfer that failed was an unplug, by the most harmless question there is: GET_STATUS of the
// device, USB 2.0 section 9.4.5.
func (h *handle) failed(err error) error {
	const standardIn, getStatus = 0x80, 0
	if h.controls.TryLock() { // a control request that failed asks within its own turn, and needs no second opinion
		defer h.controls.Unlock()
		if _, again := h.control(usb.Request{Type: standardIn, Code: getStatus}, make([]byte, 2), askTimeout); errors.Is(again, gousb.ErrorNoDevice) {
			return port.ErrGone
		}
	}
	return fmt.Errorf("USB transfer failed, and the interface with it: %w (%w)", port.ErrGone, err)
}

// Close cancels what is under way and gives the interface back to the kernel's driver.
func (h *handle) Close() error {
	h.mu.Lock()
	again := h.closed
	h.closed = true
	h.mu.Unlock()
	if again {
		return port.ErrClosed
	}
	h.end()
	h.calls.Wait()
	return h.release()
}

// release undoes as much of open as was done.
func (h *handle) release() error {
	var errs []error
	if h.face != nil {
		h.face.Close()
	}
	if h.config != nil {
		errs = append(errs, h.config.Close())
	}
	if h.dev != nil {
		errs = append(errs, h.dev.Close())
	}
	if h.ctx != nil {
		errs = append(errs, h.ctx.Close())
	}
	return errors.Join(errs...)
}
