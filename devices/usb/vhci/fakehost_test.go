package vhci

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeHost is a kernel's side of the cable, written from the document alone: it shares no code with the other side.
type fakeHost struct {
	t     testing.TB
	cable chan net.Conn // from Connect to the test

	mu   sync.Mutex
	conn net.Conn
	seq  uint32
	got  map[uint32]chan reply
	over chan struct{} // closed when the cable is cut
}

// reply is an answer to either command.
type reply struct {
	kind   uint32
	status int32
	length int
	data   []byte
}

func newFakeHost(t testing.TB) *fakeHost { return &fakeHost{t: t, cable: make(chan net.Conn, 1)} }

func (h *fakeHost) Connect(context.Context, Speed) (io.ReadWriteCloser, error) {
	near, far := net.Pipe()
	h.cable <- far
	return near, nil
}

// awaitPlug waits until a plug is put in.
func (h *fakeHost) awaitPlug() {
	h.t.Helper()
	conn := <-h.cable
	over := make(chan struct{})
	h.mu.Lock()
	h.conn, h.got, h.over = conn, map[uint32]chan reply{}, over
	h.mu.Unlock()
	go h.hear(conn, over)
}

func (h *fakeHost) hear(conn net.Conn, over chan struct{}) {
	defer close(over)
	defer conn.Close()
	for {
		head := make([]byte, 48)
		if _, err := io.ReadFull(conn, head); err != nil {
			return
		}
		word := func(i int) uint32 { return binary.BigEndian.Uint32(head[4*i:]) }
		r := reply{kind: word(0), status: int32(word(5))}
		h.mu.Lock()
		done, in := h.got[word(1)], word(1)%2 == 1
		h.mu.Unlock()
		if r.kind == 3 {
			r.length = int(word(6))
			if in && r.status == 0 {
				r.data = make([]byte, r.length)
				if _, err := io.ReadFull(conn, r.data); err != nil {
					return
				}
			}
		}
		done <- r
	}
}

// send writes a command. Transfers to the host have odd numbers, so that hear knows what has data.
func (h *fakeHost) send(odd bool, words [12]uint32, data []byte) (uint32, <-chan reply) {
	h.t.Helper()
	h.mu.Lock()
	h.seq++
	if h.seq%2 == 1 != odd {
		h.seq++
	}
	seq, done, conn := h.seq, make(chan reply, 1), h.conn
	h.got[seq] = done
	h.mu.Unlock()
	words[1] = seq
	var b []byte
	for _, w := range words {
		b = binary.BigEndian.AppendUint32(b, w)
	}
	if _, err := conn.Write(append(b, data...)); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		h.t.Error(err)
	}
	return seq, done
}

func (h *fakeHost) in(endpoint uint32, length int) (uint32, <-chan reply) {
	return h.send(true, [12]uint32{0: 1, 3: 1, 4: endpoint, 6: uint32(length), 8: 0xffffffff}, nil)
}

func (h *fakeHost) out(endpoint uint32, data []byte) (uint32, <-chan reply) {
	return h.send(false, [12]uint32{0: 1, 4: endpoint, 6: uint32(len(data)), 8: 0xffffffff}, data)
}

func (h *fakeHost) unlink(victim uint32) <-chan reply {
	_, done := h.send(false, [12]uint32{0: 2, 5: victim}, nil)
	return done
}

// control sends a request; the length of one to the host is in its setup, as in data's of one to the device.
func (h *fakeHost) control(setup [8]byte, data []byte) reply {
	h.t.Helper()
	words := [12]uint32{0: 1, 10: binary.BigEndian.Uint32(setup[:]), 11: binary.BigEndian.Uint32(setup[4:])}
	in := setup[0]&0x80 != 0
	words[6] = uint32(len(data))
	if in {
		words[3], words[6] = 1, uint32(binary.LittleEndian.Uint16(setup[6:]))
	}
	_, done := h.send(in, words, data)
	return h.wait(done)
}

// wait gives an answer, or a zero reply when the cable was cut.
func (h *fakeHost) wait(done <-chan reply) reply {
	h.t.Helper()
	select {
	case r := <-done:
		return r
	case <-h.over:
	}
	select {
	case r := <-done: // came with the cut
		return r
	default:
		return reply{}
	}
}

// plugIn runs an outlet until the test ends, with its plug in.
func plugIn(t testing.TB, d Device) (*Outlet, *fakeHost) {
	t.Helper()
	h := newFakeHost(t)
	o := &Outlet{Device: d, Host: h}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- o.Run(ctx) }()
	stop := func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		<-h.over
	}
	o.Plug(true)
	h.awaitPlug()
	t.Cleanup(stop)
	return o, h
}
