package plug

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// kernelGroup is the multicast group of the kernel's own messages; group 2 is udev's. Source: Linux lib/kobject_uevent.c.
const kernelGroup = 1

// Kernel listens to the kernel's messages. It needs no rights; an error means that this program or this container may
// not have such a socket.
func Kernel() (Source, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_KOBJECT_UEVENT)
	if err != nil {
		return nil, fmt.Errorf("open the kernel's socket for uevents: %w", err)
	}
	err = unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: kernelGroup})
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("listen to the kernel's uevents: %w", err)
	}
	// A smaller buffer only loses messages sooner, which is told.
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, receiveBytes)
	return &socket{file: os.NewFile(uintptr(fd), "kernel uevents"), buf: make([]byte, eventBytesMax)}, nil
}

// socket is read by one goroutine; any may close it.
type socket struct {
	file *os.File
	buf  []byte
}

// Next passes over what another program sent: only the kernel's messages come from port 0.
func (s *socket) Next() ([]byte, error) {
	for {
		n, from, err := s.receive()
		switch {
		case errors.Is(err, unix.ENOBUFS):
			return nil, ErrLost
		case err != nil:
			return nil, err
		}
		if sender, ok := from.(*unix.SockaddrNetlink); ok && sender.Pid == 0 {
			return s.buf[:n], nil
		}
	}
}

// receive waits in the runtime's poller, so that Close wakes it.
func (s *socket) receive() (n int, from unix.Sockaddr, err error) {
	raw, err := s.file.SyscallConn()
	if err != nil {
		return 0, nil, ErrClosed
	}
	var inner error
	closed := raw.Read(func(fd uintptr) bool {
		n, from, inner = unix.Recvfrom(int(fd), s.buf, 0)
		return !errors.Is(inner, unix.EAGAIN) && !errors.Is(inner, unix.EINTR)
	})
	if closed != nil { // no deadline is ever set, so this is the one reason
		return 0, nil, ErrClosed
	}
	return n, from, inner
}

func (s *socket) Close() error { return s.file.Close() }
