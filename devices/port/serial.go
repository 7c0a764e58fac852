package port

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/tarm/serial"
	"golang.org/x/sys/unix"
)

// Flow says how the far end of a serial line holds us back.
type Flow string

// The ways of holding back that the terminal layer knows.
const (
	FlowNone    Flow = ""        // nothing holds us back; the far end must keep up
	FlowRTSCTS  Flow = "rts-cts" // a wire; a printer's DTR goes to our CTS
	FlowXONXOFF Flow = "xon-xoff"
)

// Frame is how a byte stands on the line: data bits, parity, stop bits.
type Frame string

// The frames in use. With a parity the line drops bytes that fail it without a word, as the serial library asks it to.
const (
	Frame8N1 Frame = "8n1" // nearly everything
	Frame7E1 Frame = "7e1" // A&D scales, older balances
	Frame8E1 Frame = "8e1" // seca
)

// frames is data bits and parity of each; the empty frame is 8N1.
var frames = map[Frame]struct {
	bits   byte
	parity serial.Parity
}{"": {8, serial.ParityNone}, Frame8N1: {8, serial.ParityNone}, Frame7E1: {7, serial.ParityEven}, Frame8E1: {8, serial.ParityEven}}

// Serial opens a serial line.
//
// Bytes are read through the serial library. They are written through a second descriptor of the same line, because
// the library's write has no bound: a printer that stops would hold the writer, and Close behind it, for ever.
type Serial struct {
	Path  string        // device node or a symlink to one, such as /dev/serial/by-id/...
	Baud  int           // bits a second; one that the system knows
	Flow  Flow          //
	Frame Frame         // "" means 8N1
	Quiet time.Duration // how long Read waits, in steps of 100 ms up to 25.5 s; 0 means 100 ms
	Stall time.Duration // how long Write waits without progress; 0 means 2 s, and longer on a pseudo-terminal
}

// Open takes the line for this program alone. ErrBusy when another holds it. Bytes that came in before are dropped:
// they answer nobody's question.
func (s Serial) Open(context.Context) (io.ReadWriteCloser, error) {
	p, err := s.open()
	if errors.Is(err, syscall.EBUSY) || errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrBusy
	}
	if err != nil {
		return nil, fmt.Errorf("open serial line %s at %d baud: %w", s.Path, s.Baud, err)
	}
	return p, nil
}

func (s Serial) open() (*serialPort, error) {
	side, err := os.OpenFile(s.Path, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	p := &serialPort{name: s.Path, side: side, quiet: min(or(s.Quiet, quietDefault), quietMax), stall: or(s.Stall, stallDefault)}
	if err := p.setUp(s); err != nil {
		side.Close()
		return nil, err
	}
	return p, nil
}

// serialPort is one line seen through two descriptors.
type serialPort struct {
	name         string
	main         *serial.Port // blocking; reads with the terminal layer's own time-out
	side         *os.File     // non-blocking; writes with a deadline, lock, hang-up, flow control
	quiet, stall time.Duration
	closed       atomic.Bool
}

// setUp locks before it touches the settings, so that a second opener cannot change the speed under the first.
func (p *serialPort) setUp(s Serial) error {
	if err := p.ioctl(func(fd int) error { return unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB) }); err != nil {
		return err
	}
	frame, ok := frames[s.Frame]
	if !ok {
		return fmt.Errorf("frame %q is not known; use 8n1, 7e1 or 8e1", s.Frame)
	}
	main, err := serial.OpenPort(&serial.Config{Name: s.Path, Baud: s.Baud, ReadTimeout: p.quiet, Size: frame.bits, Parity: frame.parity})
	if err != nil {
		return err
	}
	p.main = main
	err = p.ioctl(func(fd int) error {
		if s.Stall <= 0 && pseudo(fd) {
			p.stall += time.Duration(ptyHolds) * bitsPerByte * time.Second / time.Duration(s.Baud)
		}
		return errors.Join(setFlow(fd, s.Flow), setExclusive(fd), unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCIFLUSH))
	})
	if err != nil {
		main.Close()
	}
	return err
}

// Read returns the bytes that are there, or waits the quiet time for the first.
func (p *serialPort) Read(b []byte) (int, error) {
	if p.closed.Load() {
		return 0, meaning("read", p.name, os.ErrClosed)
	}
	began := time.Now()
	n, err := p.main.Read(b)
	switch {
	case n > 0 || err == nil:
		return n, nil
	case !errors.Is(err, io.EOF):
		return 0, meaning("read", p.name, err)
	case p.hungUp():
		return 0, meaning("read", p.name, io.EOF)
	}
	// A time-out is an end of file too. One that came early without a hang-up must not become a busy loop.
	if spent := time.Since(began); spent < p.quiet/2 {
		time.Sleep(p.quiet - spent)
	}
	return 0, fmt.Errorf("read %s: %w", p.name, ErrQuiet)
}

// Write returns when the system holds every byte. On ErrStuck what the system still held is thrown away, so that half
// a command does not trickle out minutes later.
func (p *serialPort) Write(b []byte) (int, error) {
	n, err := writeChunks(p.side, p.name, b, p.stall)
	if errors.Is(err, ErrStuck) {
		p.ioctl(func(fd int) error { return unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCOFLUSH) })
	}
	return n, err
}

// Close drops unsent bytes first: closing a line that is held back would otherwise wait for them.
func (p *serialPort) Close() error {
	if p.closed.Swap(true) {
		return fmt.Errorf("close %s: %w", p.name, ErrClosed)
	}
	p.ioctl(func(fd int) error {
		unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCOFLUSH)
		return unix.IoctlSetInt(fd, unix.TIOCNXCL, 0)
	})
	return errors.Join(p.side.Close(), p.main.Close())
}

// hungUp asks the terminal layer, which knows for certain, without sending a byte.
func (p *serialPort) hungUp() bool {
	var seen int16
	err := p.ioctl(func(fd int) error {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		_, err := unix.Poll(fds, 0)
		seen = fds[0].Revents
		return err
	})
	return seen&(unix.POLLHUP|unix.POLLERR|unix.POLLNVAL) != 0 || errors.Is(err, os.ErrClosed)
}

func (p *serialPort) ioctl(do func(fd int) error) error {
	raw, err := p.side.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	if err := raw.Control(func(fd uintptr) { inner = do(int(fd)) }); err != nil {
		return err
	}
	return inner
}

// setExclusive keeps out programs that do not look at locks. A pseudo-terminal would stay exclusive after its owner was
// killed, for as long as the simulator lives, so there the lock alone serves.
func setExclusive(fd int) error {
	if pseudo(fd) {
		return nil
	}
	return unix.IoctlSetInt(fd, unix.TIOCEXCL, 0)
}

// pseudo says whether the line is a pseudo-terminal. One that cannot be asked is taken for a real line.
func pseudo(fd int) bool {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return false
	}
	major := unix.Major(st.Rdev)
	return major >= ptyMajorFirst && major <= ptyMajorLast
}

func setFlow(fd int, flow Flow) error {
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	switch flow {
	case FlowNone:
		return nil
	case FlowRTSCTS:
		t.Cflag |= unix.CRTSCTS
	case FlowXONXOFF:
		t.Iflag |= unix.IXON
		t.Cc[unix.VSTART], t.Cc[unix.VSTOP] = 0x11, 0x13
	default:
		return fmt.Errorf("flow control %q is not known; use rts-cts, xon-xoff or leave it out", flow)
	}
	return unix.IoctlSetTermios(fd, unix.TCSETS, t)
}
