package vhci

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"markaz.example/devices/usb"
)

// errMessage is reported for bytes that are no USB/IP, or for a kind of transfer that devices of a centre do not use.
var errMessage = errors.New("not a USB/IP message that is understood")

// Kinds of messages.
const (
	submit, unlink            = 1, 2
	submitted, unlinked       = 3, 4
	toDevice, toHost          = 0, 1
	noPackets                 = 0xffffffff // not isochronous; some kernels write 0
	endpointMax               = 15
	directionIn         uint8 = 0x80
)

// What became of a transfer: negative error numbers of Linux.
const (
	statusDone  = 0
	statusStall = -32  // EPIPE
	statusFault = -71  // EPROTO
	statusTaken = -104 // ECONNRESET: taken back by the host
)

// command is what the host sends.
type command struct {
	kind     uint32
	seq      uint32
	endpoint uint8 // address, with bit 7 set to the host; control transfers have 0 either way
	in       bool
	length   int // bytes: to send, or room for them
	request  usb.Request
	data     []byte // of length bytes, to the device only
	victim   uint32 // of unlink: which transfer
}

// readCommand reads one message. Errors are errMessage and the reader's.
func readCommand(r io.Reader) (command, error) {
	var h [headBytes]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return command{}, err
	}
	c, err := parseHead(h)
	if err != nil || c.kind != submit || c.in || c.length == 0 {
		return c, err
	}
	c.data = make([]byte, c.length)
	_, err = io.ReadFull(r, c.data)
	return c, err
}

// parseHead checks all that is relied on later. The device number is ours to ignore: a cable has one device.
func parseHead(h [headBytes]byte) (command, error) {
	word := func(i int) uint32 { return binary.BigEndian.Uint32(h[i:]) }
	c := command{kind: word(0), seq: word(4)}
	switch c.kind {
	case unlink:
		c.victim = word(20)
		return c, nil
	case submit:
	default:
		return c, fmt.Errorf("%w: kind %d", errMessage, c.kind)
	}
	direction, endpoint, length, packets := word(12), word(16), word(24), word(32)
	if direction > toHost || endpoint > endpointMax || length > transferBytesMax {
		return c, fmt.Errorf("%w: direction %d, endpoint %d, %d bytes", errMessage, direction, endpoint, length)
	}
	if packets != 0 && packets != noPackets {
		return c, fmt.Errorf("%w: isochronous", errMessage)
	}
	c.in, c.endpoint, c.length = direction == toHost, uint8(endpoint), int(length)
	if c.in && endpoint != 0 {
		c.endpoint |= directionIn
	}
	c.request = requestOf([8]byte(h[40:]))
	return c, nil
}

// appendSubmitted adds the answer to submit; data is for the host, moved counts it or what the device took.
func appendSubmitted(b []byte, seq uint32, status int32, moved int, data []byte) []byte {
	b = appendHead(b, submitted, seq, status)
	b = binary.BigEndian.AppendUint32(b, uint32(moved))
	return append(append(b, make([]byte, headBytes-28)...), data...)
}

// appendUnlinked adds the answer to unlink: statusTaken when the transfer will not be answered, statusDone when it was.
func appendUnlinked(b []byte, seq uint32, status int32) []byte {
	return append(appendHead(b, unlinked, seq, status), make([]byte, headBytes-24)...)
}

// appendHead leaves device, direction and endpoint zero, as answers do.
func appendHead(b []byte, kind, seq uint32, status int32) []byte {
	b = binary.BigEndian.AppendUint32(b, kind)
	b = binary.BigEndian.AppendUint32(b, seq)
	b = append(b, make([]byte, 12)...)
	return binary.BigEndian.AppendUint32(b, uint32(status))
}
