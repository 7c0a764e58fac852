package drive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// Numbers of NBD, source: doc/proto.md.
const (
	greeting    = "NBDMAGICIHAVEOPT"
	optionMagic = 0x0003e889045565a9
	optionHead  = 0x49484156454f5054
	fixed       = 1 | 2 // flags of the handshake: fixed newstyle, no zeroes

	optionAbort, optionInfo, optionGo = 2, 6, 7

	replyAck, replyInfo, replyUnknown = 1, 3, 1<<31 | 1

	hasFlags, sendsFlush, sendsFUA = 1, 4, 8

	requestMagic, answerMagic = 0x25609513, 0x67446698

	commandRead, commandWrite, commandLeave, commandFlush = 0, 1, 2, 3

	flagFUA = 1

	einval, eio = 22, 5

	noAnswer = 1<<32 - 1 // is no error of NBD
)

var (
	errMagic  = errors.New("what arrived is not NBD")
	errTooBig = errors.New("a request larger than any that is allowed")
	errLeft   = errors.New("the client left")
	errPower  = errors.New("the power is gone")
)

// Serve takes one client from the listener and serves it until it is gone, which is no error. All that it sent before is
// in the cache then.
func (d *Drive) Serve(l net.Listener) error {
	c, err := l.Accept()
	if err != nil {
		return err
	}
	defer c.Close()
	err = d.shakeHands(c)
	for err == nil {
		err = d.answer(c)
	}
	if errors.Is(err, errPower) {
		_, _ = io.Copy(io.Discard, c) // an end now would be an I/O error to the machine; how it ends is no news
		return nil
	}
	var gone *net.OpError
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errLeft) || errors.As(err, &gone) {
		return nil
	}
	return err
}

// While serves one client of a door while something is done, which ends with that client gone.
func (d *Drive) While(door *net.UnixListener, do func() error) error {
	if err := door.SetDeadline(time.Time{}); err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- d.Serve(door) }()
	err := do()
	return errors.Join(err, door.SetDeadline(time.Now()), <-served)
}

func (d *Drive) shakeHands(c io.ReadWriter) error {
	if _, err := c.Write(append([]byte(greeting), 0, fixed)); err != nil {
		return err
	}
	var flags [4]byte
	if _, err := io.ReadFull(c, flags[:]); err != nil {
		return err
	}
	for range options {
		ready, err := d.option(c)
		if ready || err != nil {
			return err
		}
	}
	return errTooBig
}

// option answers one option. Ready is the end of them.
func (d *Drive) option(c io.ReadWriter) (ready bool, err error) {
	var head [16]byte
	if _, err := io.ReadFull(c, head[:]); err != nil {
		return false, err
	}
	option, n := binary.BigEndian.Uint32(head[8:]), binary.BigEndian.Uint32(head[12:])
	switch {
	case binary.BigEndian.Uint64(head[:]) != optionHead:
		return false, errMagic
	case n > optionBytes:
		return false, errTooBig
	}
	if _, err := io.CopyN(io.Discard, c, int64(n)); err != nil {
		return false, err
	}
	switch option {
	case optionGo, optionInfo:
		err = errors.Join(reply(c, option, replyInfo, d.export()), reply(c, option, replyAck, nil))
		return option == optionGo, err
	case optionAbort:
		return false, errors.Join(reply(c, option, replyAck, nil), errLeft)
	}
	return false, reply(c, option, replyUnknown, nil)
}

// export is the answer that describes the drive: kind 0, size, what it can.
func (d *Drive) export() []byte {
	b := binary.BigEndian.AppendUint16(nil, 0)
	b = binary.BigEndian.AppendUint64(b, uint64(d.size))
	return binary.BigEndian.AppendUint16(b, hasFlags|sendsFlush|sendsFUA)
}

func reply(c io.Writer, option, kind uint32, data []byte) error {
	b := binary.BigEndian.AppendUint64(nil, optionMagic)
	for _, field := range []uint32{option, kind, uint32(len(data))} {
		b = binary.BigEndian.AppendUint32(b, field)
	}
	_, err := c.Write(append(b, data...))
	return err
}

// request is one of the machine's.
type request struct {
	flags, command uint16
	cookie         [8]byte
	off, n         int64
	data           []byte // of a write
}

func readRequest(c io.Reader) (r request, err error) {
	var head [28]byte
	if _, err := io.ReadFull(c, head[:]); err != nil {
		return r, err
	}
	if binary.BigEndian.Uint32(head[:]) != requestMagic {
		return r, errMagic
	}
	r.flags, r.command = binary.BigEndian.Uint16(head[4:]), binary.BigEndian.Uint16(head[6:])
	copy(r.cookie[:], head[8:])
	r.off, r.n = int64(binary.BigEndian.Uint64(head[16:])), int64(binary.BigEndian.Uint32(head[24:]))
	if r.n > requestBytes {
		return r, fmt.Errorf("%w: %d bytes", errTooBig, r.n)
	}
	if r.command == commandWrite {
		r.data = make([]byte, r.n)
		_, err = io.ReadFull(c, r.data)
	}
	return r, err
}

func (d *Drive) answer(c io.ReadWriter) error {
	r, err := readRequest(c)
	if err != nil {
		return err
	}
	if r.command == commandLeave {
		return errLeft
	}
	data, code := d.last(r)
	if code == noAnswer {
		return errPower
	}
	b := binary.BigEndian.AppendUint32(nil, answerMagic)
	b = binary.BigEndian.AppendUint32(b, code)
	b = append(b, r.cookie[:]...)
	_, err = c.Write(append(b, data...))
	return err
}

// last is do, or what becomes of the request in which the power goes: a write is in the cache, even one with FUA, and a
// flush is not done.
func (d *Drive) last(r request) (data []byte, code uint32) {
	if r.command == commandRead || d.powered() {
		return d.do(r)
	}
	if r.command == commandWrite && d.within(r.off, r.n) {
		if d.write(r.off, r.data, false) != nil {
			return nil, eio
		}
	}
	return nil, noAnswer
}

// do carries a request out. Code is 0 or an error of NBD.
func (d *Drive) do(r request) (data []byte, code uint32) {
	var err error
	switch {
	case r.command == commandFlush:
		err = d.flush()
	case !d.within(r.off, r.n):
		return nil, einval
	case r.command == commandRead:
		data, err = d.read(r.off, r.n)
	case r.command == commandWrite:
		err = d.write(r.off, r.data, r.flags&flagFUA != 0)
	default:
		return nil, einval
	}
	if err != nil {
		return nil, eio
	}
	return data, 0
}
