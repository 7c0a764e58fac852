package usb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"markaz.example/devices/port"
)

// ErrProtocol: bytes on the socket that FORMAT.md does not allow. The connection is of no more use.
var ErrProtocol = errors.New("not the protocol of markaz-usb")

// greeting is the name of the protocol and its version. Both ends say theirs.
var greeting = [8]byte{'m', 'r', 'k', 'z', 'u', 's', 'b', 1}

// op is the kind of a frame.
type op uint8

const (
	opList    op = 1
	opOpen    op = 2
	opControl op = 3
	opRead    op = 4
	opWrite   op = 5
	opCancel  op = 6 // has the number of the request that it cancels, and no answer
	opClose   op = 7
	opAnswer  op = 128
)

// call is a request as it stands in a frame. Fields that its op does not have are zero.
type call struct {
	op       op
	number   uint32        // told apart by it; every answer repeats it
	wait     time.Duration // whole milliseconds; 0 means until cancelled
	kind     Kind          // open
	selector Selector      // open; list has its IDs only
	request  Request       // control
	endpoint uint8         // read, write
	length   int           // control, read: bytes wanted; control to the device and write: len(data)
	data     []byte        // control to the device, write
}

// answer is what became of a request.
type answer struct {
	number uint32
	code   uint8  // an index of meanings
	count  int    // bytes moved
	text   string // of the error
	data   []byte // read, control from the device: bytes; list, open: JSON
}

// meanings gives the errors that pass the socket their numbers. Only ever append.
var meanings = [...]error{
	0: nil, 1: errors.New("USB failed"), 2: port.ErrQuiet, 3: port.ErrGone, 4: port.ErrClosed, 5: port.ErrBusy, 6: ErrStall,
	7: ErrPermission, 8: ErrNoUSB, 9: ErrSeveral, 10: ErrRequest,
}

// told is an error as the other end worded it.
type told struct {
	meaning error
	text    string
}

func (e *told) Error() string { return e.text }
func (e *told) Unwrap() error { return e.meaning }

// err is nil when the request was done.
func (a answer) err() error {
	if a.code == 0 {
		return nil
	}
	text := Printable(a.text)
	if text == "" {
		text = meanings[a.code].Error()
	}
	return &told{meanings[a.code], text}
}

// with completes an answer by the error that a request ended with.
func (a answer) with(err error) answer {
	if err == nil {
		return a
	}
	a.code, a.text = 1, err.Error()
	for code, meaning := range meanings[2:] {
		if errors.Is(err, meaning) {
			a.code = uint8(code + 2)
			break
		}
	}
	a.text = a.text[:min(len(a.text), textBytesMax)]
	return a
}

// greet says our greeting and hears the other's.
func greet(rw io.ReadWriter) error {
	if _, err := rw.Write(greeting[:]); err != nil {
		return err
	}
	return heard(rw)
}

// heard reads the other end's greeting.
func heard(r io.Reader) error {
	var theirs [len(greeting)]byte
	if _, err := io.ReadFull(r, theirs[:]); err != nil {
		return err
	}
	const version = len(greeting) - 1
	if string(theirs[:version]) != string(greeting[:version]) {
		return fmt.Errorf("%w: it begins with %q", ErrProtocol, theirs[:version])
	}
	if theirs[version] != greeting[version] {
		return fmt.Errorf("%w: version %d here and %d there; restart markaz and markaz-usb after an update", ErrProtocol, greeting[version], theirs[version])
	}
	return nil
}

// readFrame returns what follows the length. io.EOF only before the first byte.
func readFrame(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	length := binary.BigEndian.Uint32(head[:])
	if length < frameBytesMin || length > frameBytesMax {
		return nil, fmt.Errorf("%w: a frame of %d bytes", ErrProtocol, length)
	}
	b := make([]byte, length)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, errors.Join(io.ErrUnexpectedEOF, err)
	}
	return b, nil
}

// newFrame is a frame without its length, which seal fills in.
func newFrame(o op, number uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{0, 0, 0, 0, byte(o)}, number)
}

func seal(frame []byte) []byte {
	binary.BigEndian.PutUint32(frame, uint32(len(frame)-4))
	return frame
}

// encode is the whole frame. The caller keeps to the limits.
func (c call) encode() []byte {
	b := newFrame(c.op, c.number)
	switch c.op {
	case opList:
		b = appendIDs(b, c.selector.IDs)
	case opOpen:
		b = append(b, kindByte(c.kind))
		b = appendText(b, c.selector.Path)
		b = appendText(b, c.selector.Serial)
		b = appendIDs(b, c.selector.IDs)
	case opControl:
		b = append(b, c.request.Type, c.request.Code)
		b = binary.BigEndian.AppendUint16(b, c.request.Value)
		b = binary.BigEndian.AppendUint16(b, c.request.Index)
		b = appendWait(b, c.wait)
		b = binary.BigEndian.AppendUint16(b, uint16(c.length))
		b = append(b, c.data...)
	case opRead:
		b = appendWait(append(b, c.endpoint), c.wait)
		b = binary.BigEndian.AppendUint32(b, uint32(c.length))
	case opWrite:
		b = appendWait(append(b, c.endpoint), c.wait)
		b = append(b, c.data...)
	}
	return seal(b)
}

func kindByte(k Kind) byte {
	if k == Raw {
		return 2
	}
	return 1
}

func appendText(b []byte, s string) []byte { return append(append(b, byte(len(s))), s...) }

func appendIDs(b []byte, ids []ID) []byte {
	b = append(b, byte(len(ids)))
	for _, id := range ids {
		b = binary.BigEndian.AppendUint16(b, id.Vendor)
		b = binary.BigEndian.AppendUint16(b, id.Product)
	}
	return b
}

func appendWait(b []byte, wait time.Duration) []byte {
	return binary.BigEndian.AppendUint32(b, uint32(wait/time.Millisecond))
}

// decodeCall reads what encode wrote, without the length. Errors: ErrProtocol.
func decodeCall(frame []byte) (call, error) {
	r := &reader{left: frame}
	c := call{op: op(r.byte()), number: r.uint32()}
	switch c.op {
	case opList:
		c.selector.IDs = r.ids()
	case opOpen:
		c.kind = r.kind()
		c.selector = Selector{Path: r.text(), Serial: r.text(), IDs: r.ids()}
	case opControl:
		c.request = Request{Type: r.byte(), Code: r.byte(), Value: r.uint16(), Index: r.uint16()}
		c.wait, c.length = r.wait(), int(r.uint16())
		if c.request.Type&directionIn == 0 {
			c.data = r.bytes(c.length)
		}
	case opRead:
		c.endpoint, c.wait, c.length = r.byte(), r.wait(), int(r.uint32())
		r.check(c.length >= 1 && c.length <= transferBytesMax)
	case opWrite:
		c.endpoint, c.wait = r.byte(), r.wait()
		c.data = r.bytes(len(r.left))
		c.length = len(c.data)
		r.check(c.length >= 1 && c.length <= transferBytesMax)
	case opCancel, opClose:
	default:
		r.check(false)
	}
	if err := r.end(); err != nil {
		return call{}, fmt.Errorf("%w: request of kind %d", err, c.op)
	}
	return c, nil
}

// encode is the whole frame. The caller keeps to the limits.
func (a answer) encode() []byte {
	b := append(newFrame(opAnswer, a.number), a.code)
	b = binary.BigEndian.AppendUint32(b, uint32(a.count))
	b = binary.BigEndian.AppendUint16(b, uint16(len(a.text)))
	return seal(append(append(b, a.text...), a.data...))
}

// decodeAnswer reads what encode wrote, without the length. Errors: ErrProtocol.
func decodeAnswer(frame []byte) (answer, error) {
	r := &reader{left: frame}
	r.check(op(r.byte()) == opAnswer)
	a := answer{number: r.uint32(), code: r.byte(), count: int(r.uint32())}
	a.text = string(r.bytes(int(r.uint16())))
	a.data = r.bytes(len(r.left))
	r.check(int(a.code) < len(meanings) && a.count >= 0 && a.count <= transferBytesMax && len(a.text) <= textBytesMax && len(a.data) <= transferBytesMax)
	if err := r.end(); err != nil {
		return answer{}, fmt.Errorf("%w: answer", err)
	}
	return a, nil
}
