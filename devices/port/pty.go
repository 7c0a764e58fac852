package port

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// PTY is the far end of a serial line that exists only in the kernel: what a simulator holds while a driver opens
// Name, or the link, as its serial line.
//
// Bytes are raw both ways. A pseudo-terminal knows no speed: who simulates a slow line must pace itself.
type PTY struct {
	master *os.File
	near   *os.File // keeps the line in being between two drivers, as a device with its power on does
	name   string
	link   string
}

// NewPTY makes a line and, unless link is empty, a symlink to it that stays the same from one plug-in to the next.
// A symlink left by a killed program is replaced; anything else at that path is refused.
func NewPTY(link string) (*PTY, error) {
	master, err := os.OpenFile("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("make pseudo-terminal: %w", err)
	}
	p := &PTY{master: master, link: link}
	if err := p.setUp(); err != nil {
		p.Close()
		return nil, fmt.Errorf("make pseudo-terminal %s: %w", link, err)
	}
	return p, nil
}

func (p *PTY) setUp() error {
	raw, err := p.master.SyscallConn()
	if err != nil {
		return err
	}
	var number int
	var inner error
	err = raw.Control(func(fd uintptr) {
		inner = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0)
		if inner == nil {
			number, inner = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
	})
	if err := errors.Join(err, inner); err != nil {
		return err
	}
	p.name = fmt.Sprintf("/dev/pts/%d", number)
	if p.near, err = openRaw(p.name); err != nil {
		return err
	}
	return p.putLink()
}

// openRaw switches echo, signals and character translation off before any byte can pass.
func openRaw(name string) (*os.File, error) {
	f, err := os.OpenFile(name, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	raw, err := f.SyscallConn()
	if err != nil {
		return f, err
	}
	var inner error
	err = raw.Control(func(fd uintptr) {
		t := unix.Termios{Iflag: unix.IGNPAR, Cflag: unix.CREAD | unix.CLOCAL | unix.CS8 | unix.B115200}
		t.Cc[unix.VMIN] = 1
		inner = unix.IoctlSetTermios(int(fd), unix.TCSETS, &t)
	})
	return f, errors.Join(err, inner)
}

func (p *PTY) putLink() error {
	if p.link == "" {
		return nil
	}
	if st, err := os.Lstat(p.link); err == nil && st.Mode()&os.ModeSymlink == 0 {
		return fmt.Errorf("%s is there and is no symlink; choose another name", p.link)
	}
	aside := p.link + ".new"
	os.Remove(aside)
	if err := os.Symlink(p.name, aside); err != nil {
		return err
	}
	return os.Rename(aside, p.link)
}

// Name is the device node that a driver can open.
func (p *PTY) Name() string { return p.name }

// Link is the symlink to it, or empty.
func (p *PTY) Link() string { return p.link }

// Read returns what the driver wrote. It waits, also while no driver has the line open, until Close.
func (p *PTY) Read(b []byte) (int, error) {
	n, err := p.master.Read(b)
	if err != nil {
		return n, meaning("read", p.name, err)
	}
	return n, nil
}

// Write sends to the driver. It waits while the driver does not read, until Close.
func (p *PTY) Write(b []byte) (int, error) {
	n, err := p.master.Write(b)
	if err != nil {
		return n, meaning("write", p.name, err)
	}
	return n, nil
}

// Close pulls the cable: the symlink goes, and a driver that has the line open reads ErrGone.
func (p *PTY) Close() error {
	if to, err := os.Readlink(p.link); err == nil && to == p.name {
		os.Remove(p.link)
	}
	if p.near != nil {
		p.near.Close()
	}
	return p.master.Close()
}
