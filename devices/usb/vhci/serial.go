package vhci

import (
	"context"
	"encoding/binary"
	"sync"

	"markaz.example/devices/outlet"
	"markaz.example/devices/usb"
)

// Serial is a USB serial line (CDC, abstract control model) around a simulator of what is on the line: a scale, a
// fingerprint module, or an adapter with a serial device behind it. The kernel makes it /dev/ttyACM0.
// Source: USB CDC 1.2; PSTN subclass 1.2.
type Serial struct {
	Sim             outlet.Device
	Vendor, Product uint16
	Name            string // of the product
	Serial          string // empty for none

	mu     sync.Mutex
	coding LineCoding // guarded by mu
}

// LineCoding is what the host asked the line to be.
type LineCoding struct {
	Baud     int
	StopBits uint8 // 0: 1 bit, 1: 1.5 bits, 2: 2 bits
	Parity   uint8 // 0: none, 1: odd, 2: even
	DataBits uint8
}

// Endpoints and interfaces of a Serial.
const (
	serialNotice     = 0x81
	serialIn         = 0x82
	serialOut        = 0x03
	serialCommFace   = 0
	serialDataFace   = 1
	lineCodingBytes  = 7
	noticeBytes      = 10
	noticePacket     = 16
	noticeInterval   = 9 // 2 to the power of 8 microframes: 32 ms
	controlLineState = 0x22
)

// Run is the simulator's.
func (s *Serial) Run(ctx context.Context) error { return s.Sim.Run(ctx) }

// LineCoding is the last one; zero before the host set any.
func (s *Serial) LineCoding() LineCoding {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.coding
}

// Descriptors are those of a modem without a telephone: an interface for notices and one for bytes.
func (s *Serial) Descriptors() Descriptors {
	const comm, acm, data = 0x02, 0x02, 0x0a
	own := identity{
		vendor: s.Vendor, product: s.Product, class: comm, maker: "markaz", name: s.Name, serial: s.Serial,
	}
	d := Descriptors{Speed: High}
	d.Device, d.Strings = own.device()
	d.Config = config(2,
		face(serialCommFace, 1, comm, acm, 0),
		acmFunctions(),
		endpoint(serialNotice, interrupt, noticePacket, noticeInterval),
		face(serialDataFace, 2, data, 0, 0),
		endpoint(serialIn, bulk, packetBulk, 0),
		endpoint(serialOut, bulk, packetBulk, 0))
	return d
}

// acmFunctions are the functional descriptors. Source: CDC 1.2 section 5.2.3; PSTN 1.2 section 5.3.
func acmFunctions() []byte {
	const kind, header, callManagement, acm, union = 0x24, 0x00, 0x01, 0x02, 0x06
	const lineCodingAndState = 0x02
	return []byte{
		5, kind, header, 0x10, 0x01,
		5, kind, callManagement, 0, serialDataFace,
		4, kind, acm, lineCodingAndState,
		5, kind, union, serialCommFace, serialDataFace,
	}
}

// Attach plugs in a cable.
func (s *Serial) Attach() Function {
	return &serialFunction{stream: newStream(s.Sim), serial: s, notices: make(chan []byte, 1)}
}

type serialFunction struct {
	*stream
	serial  *Serial
	notices chan []byte // one: a state that was not fetched is replaced by the next
}

// Control is the requests of PSTN 1.2 section 6.3 that the functional descriptors promise.
func (f *serialFunction) Control(_ context.Context, r usb.Request, data []byte) ([]byte, error) {
	const toInterface, fromInterface = 0x21, 0xa1
	const setLineCoding, getLineCoding = 0x20, 0x21
	switch {
	case r.Type == toInterface && r.Code == setLineCoding && len(data) >= lineCodingBytes:
		f.serial.setCoding(data)
		return nil, nil
	case r.Type == fromInterface && r.Code == getLineCoding:
		return f.serial.LineCoding().bytes(), nil
	case r.Type == toInterface && r.Code == controlLineState:
		f.notice(r.Value&1 != 0)
		return nil, nil
	}
	return nil, usb.ErrStall
}

// notice says SERIAL_STATE: a device that sees the host's DTR raises carrier and DSR. Source: PSTN 1.2 section 6.5.4.
func (f *serialFunction) notice(ready bool) {
	b := [noticeBytes]byte{0xa1, 0x20, 0, 0, serialCommFace, 0, 2, 0}
	if ready {
		b[8] = 0x03
	}
	select {
	case <-f.notices:
	default:
	}
	f.notices <- b[:]
}

func (f *serialFunction) In(ctx context.Context, endpoint uint8, b []byte) (int, error) {
	if endpoint != serialNotice {
		return f.stream.In(ctx, b)
	}
	select {
	case notice := <-f.notices:
		return copy(b, notice), nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (f *serialFunction) Out(ctx context.Context, _ uint8, b []byte) (int, error) {
	return f.stream.Out(ctx, b)
}

func (s *Serial) setCoding(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.coding = LineCoding{Baud: int(binary.LittleEndian.Uint32(b)), StopBits: b[4], Parity: b[5], DataBits: b[6]}
}

func (c LineCoding) bytes() []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(c.Baud))
	return append(b, c.StopBits, c.Parity, c.DataBits)
}
