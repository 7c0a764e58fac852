package web

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
)

// crowd is everybody who is connected, on either listener: it lets each address hold so many connections, and start so many,
// and no more; and keeps room for those that are known, whatever strangers do.
type crowd struct {
	own  []netip.Prefix // addresses of the centre's own machines
	pace *pace

	mu        sync.Mutex
	held      map[netip.Addr]*holding // guarded by mu
	total     int                     // guarded by mu
	strangers int                     // guarded by mu: of total
	fresh     int                     // guarded by mu: strangers' connections that have not asked anything yet
}

// holding is what one address holds.
type holding struct{ connections, fresh, sockets int }

func newCrowd(own []netip.Prefix) *crowd {
	return &crowd{own: own, pace: newPace(), held: map[netip.Addr]*holding{}}
}

// door is a listener before which a crowd stands.
type door struct {
	net.Listener
	crowd *crowd
	all   rate // new connections of all strangers together
}

// Accept closes what is too many, at once: an error would stop the server.
func (d door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		g := &guest{Conn: conn, crowd: d.crowd, from: addressOf(conn.RemoteAddr().String())}
		if d.crowd.admit(g.from, d.all) {
			return g, nil
		}
		conn.Close()
	}
}

// addressOf is an address without its port. A machine has a whole network of 64 bits in the sixth version.
func addressOf(hostport string) netip.Addr {
	at, err := netip.ParseAddrPort(hostport)
	if err != nil {
		return netip.Addr{}
	}
	a := at.Addr().Unmap().WithZone("")
	if a.Is6() && !a.IsLoopback() {
		network, _ := a.Prefix(64) // 64 bits always fit
		return network.Addr()
	}
	return a
}

// The box's own programs come from here, and from nowhere else.
var (
	self4 = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	self6 = netip.IPv6Loopback()
)

// allowance is what an address may do; nil for the box itself, which may do everything.
func (c *crowd) allowance(from netip.Addr) *allowance {
	if from == self4 || from == self6 {
		return nil
	}
	for _, p := range c.own {
		if p.Contains(from) {
			return &known
		}
	}
	return &stranger
}

// admit counts a connection, or says that it is too many. All is what all strangers may dial at this listener.
func (c *crowd) admit(from netip.Addr, all rate) bool {
	a := c.allowance(from)
	if a != nil && !c.pace.take(from, dialing, a.dials) || a == &stranger && !c.pace.together(all) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.held[from]
	if h == nil {
		h = &holding{}
	}
	if c.total >= connectionsMax || a != nil && (h.connections >= a.connections || h.fresh >= a.fresh) ||
		a == &stranger && (c.strangers >= connectionsMax-reserved || c.fresh >= newMax) {
		return false
	}
	c.held[from] = h
	c.count(h, a, 1)
	c.countFresh(h, a, 1)
	return true
}

// count is called with mu held.
func (c *crowd) count(h *holding, a *allowance, n int) {
	c.total += n
	h.connections += n
	if a == &stranger {
		c.strangers += n
	}
}

// countFresh is called with mu held.
func (c *crowd) countFresh(h *holding, a *allowance, n int) {
	h.fresh += n
	if a == &stranger {
		c.fresh += n
	}
}

// heard says that a connection has asked something, or is gone.
func (c *crowd) heard(g *guest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !g.spoken {
		g.spoken = true
		c.countFresh(c.held[g.from], c.allowance(g.from), -1)
	}
}

func (c *crowd) leave(g *guest) {
	c.heard(g)
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.held[g.from]
	if c.count(h, c.allowance(g.from), -1); h.connections == 0 {
		delete(c.held, g.from)
	}
}

// sit counts a socket, or says that its address has too many. Rise gives the place back.
func (c *crowd) sit(from netip.Addr) bool {
	a := c.allowance(from)
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.held[from]
	if h == nil || a == nil { // not over a listener of ours, or the box itself
		return true
	}
	if h.sockets >= a.sockets {
		return false
	}
	h.sockets++
	return true
}

func (c *crowd) rise(from netip.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if h := c.held[from]; h != nil && h.sockets > 0 {
		h.sockets--
	}
}

// guest is an admitted connection.
type guest struct {
	net.Conn
	crowd  *crowd
	from   netip.Addr
	once   sync.Once
	spoken bool // guarded by the crowd's mu
}

// Close frees the place.
func (g *guest) Close() error {
	g.once.Do(func() { g.crowd.leave(g) })
	return g.Conn.Close()
}

// hear is the server's hook: a connection whose first request has begun is not fresh any more.
func hear(conn net.Conn, state http.ConnState) {
	if state != http.StateActive {
		return
	}
	if inner, ok := conn.(interface{ NetConn() net.Conn }); ok { // TLS
		conn = inner.NetConn()
	}
	if g, ok := conn.(*guest); ok {
		g.crowd.heard(g)
	}
}
