// Package frame cuts a TCP stream into messages, and keeps nothing of them.
//
// A [Reader] has one buffer of its own, which is what the kernel writes into; there is no second copy. A message is valid
// until the next call, and is then overwritten with zeros, as the whole buffer is when the stream ends: what stood in a
// message is nowhere in memory afterwards unless somebody took it. A stream whose lengths make no sense is given up,
// for there is no way to find the next message in it.
package frame

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"markaz.example/devices/profile"
)

// What ends a stream.
var (
	ErrLength = errors.New("a length that no message has: compare the frame table of the profile with the bank's")
	ErrHalf   = errors.New("a message began and was not finished")
	ErrIdle   = errors.New("nobody spoke for a long time")
)

// Conn is what a Reader needs of a connection.
type Conn interface {
	io.Reader
	SetReadDeadline(time.Time) error
}

// Reader reads one stream. Idle bounds the wait for a message, Whole the time from its first byte to its last.
type Reader struct {
	conn        Conn
	how         profile.PaypointFrame
	idle, whole time.Duration
	buf         []byte
}

// NewReader has a buffer for messages of up to so many bytes.
func NewReader(c Conn, how profile.PaypointFrame, max int, idle, whole time.Duration) *Reader {
	return &Reader{conn: c, how: how, idle: idle, whole: whole, buf: make([]byte, max)}
}

// Next is the next message, valid and writable until the next call. It reports io.EOF at the stream's proper end,
// ErrLength, ErrHalf, ErrIdle, or what the connection said.
func (r *Reader) Next() ([]byte, error) {
	r.Wipe()
	head := r.buf[:headBytes(r.how)]
	if err := r.head(head); err != nil {
		return nil, err
	}
	n, err := length(r.how, head)
	if err != nil || n < 1 || n > len(r.buf) {
		return nil, fmt.Errorf("%w: %d", ErrLength, n)
	}
	if _, err := io.ReadFull(r.conn, r.buf[:n]); err != nil {
		return nil, half(err)
	}
	return r.buf[:n], nil
}

func (r *Reader) head(head []byte) error {
	if err := r.conn.SetReadDeadline(time.Now().Add(r.idle)); err != nil {
		return err
	}
	if _, err := io.ReadFull(r.conn, head[:1]); err != nil {
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return ErrIdle
		}
		return err
	}
	if err := r.conn.SetReadDeadline(time.Now().Add(r.whole)); err != nil {
		return err
	}
	if _, err := io.ReadFull(r.conn, head[1:]); err != nil {
		return half(err)
	}
	return nil
}

// Wipe overwrites what the last message left.
func (r *Reader) Wipe() { clear(r.buf) }

func half(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrHalf
	}
	return err
}

func headBytes(how profile.PaypointFrame) int {
	if how.Length == profile.LengthASCII {
		return 4
	}
	return 2
}

// length is the bytes that follow the head.
func length(how profile.PaypointFrame, head []byte) (int, error) {
	n := 0
	if how.Length == profile.LengthASCII {
		u, err := strconv.ParseUint(string(head), 10, 16)
		if err != nil {
			return 0, ErrLength
		}
		n = int(u)
	} else {
		n = int(binary.BigEndian.Uint16(head))
	}
	if how.Inclusive {
		n -= len(head)
	}
	return n, nil
}

// Append frames a message: the far end of a Reader, and of its answers.
func Append(to []byte, how profile.PaypointFrame, message []byte) []byte {
	n := len(message)
	if how.Inclusive {
		n += headBytes(how)
	}
	if how.Length == profile.LengthASCII {
		return append(fmt.Appendf(to, "%04d", n), message...)
	}
	return append(binary.BigEndian.AppendUint16(to, uint16(n)), message...)
}
