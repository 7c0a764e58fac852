package faultnet

import (
	"errors"
	"net"
	"sync/atomic"
)

// ErrCut is what a connection reports that was cut on purpose.
var ErrCut = errors.New("cut on purpose")

// Cut lets so many bytes through, both directions together, and then closes the connection wherever that falls:
// in mid-frame, in a handshake, between two bytes of a length.
func Cut(c net.Conn, bytes int64) net.Conn {
	k := &cutting{Conn: c}
	k.left.Store(bytes)
	return k
}

type cutting struct {
	net.Conn
	left atomic.Int64
}

func (c *cutting) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	left := c.left.Add(-int64(n))
	if left < 0 {
		c.Conn.Close()
		return max(0, n+int(left)), ErrCut
	}
	return n, err
}

func (c *cutting) Write(p []byte) (int, error) {
	left := c.left.Add(-int64(len(p)))
	if left >= 0 {
		return c.Conn.Write(p)
	}
	n, _ := c.Conn.Write(p[:max(0, len(p)+int(left))])
	c.Conn.Close()
	return n, ErrCut
}
