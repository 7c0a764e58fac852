package usb

import (
	"encoding/binary"
	"time"
)

// reader takes a frame apart. Once something was missing or wrong it gives zeros, and end tells.
type reader struct {
	left []byte
	bad  bool
}

func (r *reader) check(good bool) { r.bad = r.bad || !good }

func (r *reader) end() error {
	if r.bad || len(r.left) > 0 {
		return ErrProtocol
	}
	return nil
}

func (r *reader) bytes(n int) []byte {
	if r.bad || n > len(r.left) {
		r.bad = true
		return nil
	}
	b := r.left[:n:n]
	r.left = r.left[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint16() uint16 {
	if b := r.bytes(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (r *reader) uint32() uint32 {
	if b := r.bytes(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (r *reader) text() string { return string(r.bytes(int(r.byte()))) }

func (r *reader) wait() time.Duration { return time.Duration(r.uint32()) * time.Millisecond }

func (r *reader) kind() Kind {
	switch r.byte() {
	case 1:
		return Print
	case 2:
		return Raw
	}
	r.bad = true
	return ""
}

func (r *reader) ids() []ID {
	n := int(r.byte())
	r.check(n <= idsMax)
	var ids []ID
	for range n {
		if r.bad {
			return nil
		}
		ids = append(ids, ID{r.uint16(), r.uint16()})
	}
	return ids
}
