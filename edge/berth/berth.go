// Package berth finds TCP ports on loopback for programs that must be told beforehand where to listen.
package berth

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
)

// Ports lie below the range from which the kernel serves whoever asks for any port (32768 and up on Linux): a port from
// that range can be somebody's outgoing connection by the time it is listened on.
const (
	lowest, count = 20_000, 10_000
	tries         = 200
)

// ErrNone is that no free port was found.
var ErrNone = errors.New("no free port was found: end what listens on ports 20000 to 29999, and try again")

// Ports is the first of n free ports in a row. No other call is given one of them while this process lives, in whichever
// process: a name in the abstract space of local sockets, which goes with its process, stands for each.
func Ports(n int) (first int, err error) {
	for range tries {
		first := lowest + rand.IntN(count-n+1)
		if take(first, n) {
			return first, nil
		}
	}
	return 0, ErrNone
}

// Address is one port's address on loopback, as host:port.
func Address() (string, error) {
	a, err := Addresses(1)
	if err != nil {
		return "", err
	}
	return a[0], nil
}

// Addresses are those of n ports in a row.
func Addresses(n int) (out []string, err error) {
	first, err := Ports(n)
	if err != nil {
		return nil, err
	}
	for port := first; port < first+n; port++ {
		out = append(out, fmt.Sprintf("127.0.0.1:%d", port))
	}
	return out, nil
}

func take(first, n int) bool {
	var held []net.Listener
	for port := first; port < first+n; port++ {
		name, err := net.Listen("unix", fmt.Sprintf("@markaz-berth-%d", port))
		if err != nil {
			release(held)
			return false
		}
		held = append(held, name)
		l, err := net.Listen("tcp", fmt.Sprintf(":%d", port)) // on every address: nobody may have it on any
		if err != nil {
			release(held)
			return false
		}
		l.Close()
	}
	keep(held)
	return true
}

func release(held []net.Listener) {
	for _, l := range held {
		l.Close()
	}
}

// kept holds the names until the process ends: a listener that nobody refers to is closed when it is collected.
var (
	mu   sync.Mutex
	kept []net.Listener // guarded by mu
)

func keep(held []net.Listener) {
	mu.Lock()
	defer mu.Unlock()
	kept = append(kept, held...)
}
