package push

import (
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
)

// Scrub is a connection that overwrites card numbers in what is read from it: each run of digits, single spaces or
// hyphens between them allowed, in which 13 to 19 that follow each other pass the check of Luhn, each run longer than
// that, and the digits of a track behind such a number. The reader sees '*' in their place. A run at the end of what has
// arrived waits for what follows, so that a number cut in two by the network is found; no message of the contract ends
// with a digit.
//
// What arrived stands in one buffer, which is overwritten as it is handed on, and when the connection is closed.
type Scrub struct {
	net.Conn
	masked atomic.Bool

	mu      sync.Mutex // guards what follows
	buf     []byte
	n       int   // bytes in buf
	pass    int   // of them, those that may be handed on
	masking bool  // a card number stands before: its digits may go on, or those of its track follow
	failure error // to be told once buf is empty
}

// NewScrub stands between a connection and whoever reads it.
func NewScrub(c net.Conn) *Scrub { return &Scrub{Conn: c, buf: make([]byte, scrubBytes)} }

// Masked says whether a card number has been overwritten.
func (s *Scrub) Masked() bool { return s.masked.Load() }

// Read hands on what holds no card number.
func (s *Scrub) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.pass == 0 {
		if s.failure != nil {
			return s.last(p)
		}
		n, err := s.Conn.Read(s.buf[s.n:])
		s.n, s.failure = s.n+n, err
		s.look(err != nil && !errors.Is(err, os.ErrDeadlineExceeded))
	}
	return s.hand(p), nil
}

// Close overwrites what was not handed on: a run that waited for its end may be a card number.
func (s *Scrub) Close() error {
	err := s.Conn.Close() // ends a Read under way
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.buf)
	s.n, s.pass = 0, 0
	return err
}

// last tells the failure. One that may pass, a deadline, is told once.
func (s *Scrub) last(p []byte) (int, error) {
	err := s.failure
	s.failure = nil
	return 0, err
}

func (s *Scrub) hand(p []byte) int {
	n := copy(p, s.buf[:s.pass])
	copy(s.buf, s.buf[n:s.n])
	clear(s.buf[s.n-n : s.n])
	s.n, s.pass = s.n-n, s.pass-n
	return n
}

// look masks what has arrived and finds how much of it may be handed on: all but a run that may go on. At the
// stream's end the run is judged as it is.
func (s *Scrub) look(end bool) {
	i := 0
	for i < s.n {
		if s.masking = s.masking && follows(s.buf[i]); s.masking {
			mask(s.buf[i : i+1])
			i++
			continue
		}
		next := s.run(i)
		if next == i {
			i++
			continue
		}
		if next == s.n && !end && digits(s.buf[i:next]) <= digitsMax {
			break
		}
		s.judge(s.buf[i:next])
		i = next
	}
	s.pass = i
}

// run is the end of the digits that begin at i, with single spaces or hyphens among them; i itself when there are none.
func (s *Scrub) run(i int) int {
	end := i
	for j := i; j < s.n; j++ {
		switch c := s.buf[j]; {
		case digit(c):
			end = j + 1
		case between(c) && j == end && end > i:
		default:
			return end
		}
	}
	if end > i && s.n-end <= 1 {
		return s.n // a separator at the very end: the run may go on
	}
	return end
}

// judge overwrites a run that has a card number in it, or is longer than one, and lets what follows go the same way.
func (s *Scrub) judge(run []byte) {
	if digits(run) <= digitsMax && !holdsCard(run) {
		return
	}
	s.masked.Store(true)
	s.masking = true
	mask(run)
}

func mask(b []byte) {
	for i := range b {
		if digit(b[i]) {
			b[i] = '*'
		}
	}
}

// between may stand between two digits of a number.
func between(c byte) bool { return c == ' ' || c == '-' }

// follows says that a byte behind a card number may still belong to it, or to its track.
func follows(c byte) bool {
	return digit(c) || between(c) || c == '=' || c == 'D' || c == 'd' || c == '^'
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func digits(run []byte) (n int) {
	for _, c := range run {
		if digit(c) {
			n++
		}
	}
	return n
}

// holdsCard looks for a card number anywhere in a run of up to digitsMax digits.
func holdsCard(run []byte) bool {
	for from := range run {
		n := 0
		for to := from; to < len(run); to++ {
			if digit(run[to]) {
				n++
			}
			if n >= digitsMin && luhn(run[from:to+1]) {
				return true
			}
		}
	}
	return false
}

// luhn is the check digit of card numbers. Source: ISO/IEC 7812-1, annex B.
func luhn(run []byte) bool {
	sum, double := 0, false
	for i := len(run) - 1; i >= 0; i-- {
		if !digit(run[i]) {
			continue
		}
		d := int(run[i] - '0')
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum, double = sum+d, !double
	}
	return sum%10 == 0
}
