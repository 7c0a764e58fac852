package web

import "time"

const (
	// bodyBytesMax bounds a form: thirty-two services of 24 letters with their names are 1.2 KiB.
	bodyBytesMax = 16 << 10

	// headerBytesMax bounds a request's header. Browsers send 1 to 2 KiB; a browser at the desks adds fourteen cookies of 80
	// bytes at most, one for each desk of a large centre, the floor and the door.
	headerBytesMax = 16 << 10

	// connectionsMax bounds all connections of both listeners: every phone of a hall of 300, twice, and the screens. At
	// 10 KiB idle each it is the sockets' own limit that holds memory.
	connectionsMax = 4096

	// reserved are connections that strangers cannot take: of the box's own programs, and of machines that are known.
	reserved = 512

	// newMax bounds connections that have not asked anything yet, on which most is cheap to waste: half a handshake is 30 KiB.
	newMax = 512

	headerTime  = 5 * time.Second  // a header trickles in over a bad Wi-Fi; a handshake of TLS has the same time
	requestTime = 10 * time.Second // header and body
	answerTime  = 20 * time.Second // a font of 600 KB at 40 KB/s
	idleTime    = 60 * time.Second
	farewell    = 2 * time.Second // for answers under way when the box stops

	// startingSeconds is when a page asks again while the ledger is being opened; brokenSeconds when it has failed,
	// after which the box starts anew by itself.
	startingSeconds = 2
	brokenSeconds   = 5

	// addressesMax bounds how many addresses have a budget of their own: each machine of a network of a thousand. Those
	// beyond share one.
	addressesMax = 1024

	// soonSeconds is when a browser that asked too much may ask again.
	soonSeconds = 5
)

// allowance is what one address may do.
type allowance struct {
	connections int  // at once
	fresh       int  // of them, that have not asked anything yet
	sockets     int  // of them, that are sockets
	dials       rate // new connections
	requests    rate
	signIns     rate
}

// rate is a bucket: burst at once, then each second so many.
type rate struct {
	burst  float64
	second float64
}

var (
	// stranger is a phone in the hall: a browser opens six connections and its sockets, loads a page with its parts in a
	// dozen requests, and is loaded anew by an impatient thumb. Several phones behind one address still have 48
	// connections. Nobody signs in from a phone; a manager's first try may come from anywhere.
	stranger = allowance{connections: 48, fresh: 16, sockets: 8, dials: rate{60, 10}, requests: rate{120, 10}, signIns: rate{5, 1.0 / 15}}

	// What all strangers together may do, whatever number of addresses somebody has: 300 phones that load their page at one
	// instant, because the box was restarted, dial 600 times and ask 3,000 times. Half a PIN a second is hashed for them at
	// most, a fiftieth of a core. A handshake of TLS is half a millisecond; where the centre's own machines are known,
	// strangers have hardly a reason for one.
	strangersDial     = rate{2000, 300}
	strangersAsk      = rate{5000, 400}
	strangersSign     = rate{10, 0.5}
	strangersShake    = rate{300, 100}
	strangersShakeOwn = rate{50, 20}

	// known is a machine that is configured as the centre's own: a screen on each of four outputs, a desk with the pages of
	// three tools, a kiosk; or an access point behind which all of them stand.
	known = allowance{connections: 256, fresh: 64, sockets: 64, dials: rate{200, 50}, requests: rate{1000, 200}, signIns: rate{30, 0.5}}
)
