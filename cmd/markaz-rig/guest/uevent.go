package guest

import (
	"context"
	"errors"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// uevents keeps what the kernel tells of devices that come and go, as "add usb_device 1-1".
type uevents struct {
	socket int

	mu   sync.Mutex
	told []string // guarded by mu
}

func listenUevents() (*uevents, error) {
	s, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_KOBJECT_UEVENT)
	if err != nil {
		return nil, err
	}
	const kernelGroup = 1
	second := unix.Timeval{Sec: 1}
	err = errors.Join(
		unix.Bind(s, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: kernelGroup}),
		unix.SetsockoptTimeval(s, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &second))
	if err != nil {
		return nil, errors.Join(err, unix.Close(s))
	}
	return &uevents{socket: s}, nil
}

func (u *uevents) run(ctx context.Context) {
	defer unix.Close(u.socket)
	b := make([]byte, 8192)
	for ctx.Err() == nil {
		n, _, err := unix.Recvfrom(u.socket, b, 0)
		if err != nil {
			continue // a second without news
		}
		u.mu.Lock()
		u.told = append(u.told, uevent(string(b[:n])))
		u.mu.Unlock()
	}
}

// uevent reads "add@/devices/...", then lines KEY=value, each ended by a zero byte.
func uevent(message string) string {
	head, rest, _ := strings.Cut(message, "\x00")
	action, path, _ := strings.Cut(head, "@")
	kind := ""
	for field := range strings.SplitSeq(rest, "\x00") {
		key, value, _ := strings.Cut(field, "=")
		if key == "SUBSYSTEM" && kind == "" || key == "DEVTYPE" {
			kind = value
		}
	}
	return action + " " + kind + " " + path[strings.LastIndex(path, "/")+1:]
}

// heard reports whether an event came.
func (u *uevents) heard(event string) (bool, string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, t := range u.told {
		if t == event {
			return true, ""
		}
	}
	return false, strings.Join(u.told, ", ")
}
