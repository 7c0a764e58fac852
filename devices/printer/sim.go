package printer

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"markaz.example/devices/port"
	"markaz.example/devices/slip"
)

// Sim is a printer at the far end of the wire. It has paper, a cover, a cutter, a head that can run hot, a receive
// buffer that holds the line back when it is full, and the habits of real ones: it answers real-time questions as they
// arrive, even from inside a picture; when paper ends in the middle of a slip it goes off-line, keeps its buffer, and
// goes on by itself when paper is back.
//
// Set the exported fields before Run. Run is the printer's own life, which goes on while no cable is plugged in; Serve
// is one cable. All other methods may be called from any goroutine.
type Sim struct {
	Width   int             // dots a row, a multiple of 8; 0 means 576
	DPI     int             // 0 means 203
	Cutter  bool            // false: a page ends at a feed of 10 mm, where the visitor tears
	Buffer  int             // bytes; 0 means 4096
	Line    int             // bytes a second the wire carries; 0 means 11,520, which is 115200 baud
	Head    float64         // mm of paper a second; 0 means 150
	Speed   float64         // all of it so many times faster; 0 means 1, +Inf means no waiting at all
	NearEnd float64         // mm left on the roll when the near-end sensor notices; 0 means 4 m, negative means no sensor
	Names   map[byte]string // what it answers to GS I, by number: 66 maker, 67 model; nil for a clone that does not
	OnPage  func(Page)      // called by Run's goroutine for every page cut or torn off; may be nil

	once  sync.Once
	cond  *sync.Cond    // tells of every change of the state below
	plugs chan net.Conn // from Open to Run

	mu      sync.Mutex // guards what follows
	off     bool       // mains switch
	cover   bool
	offline bool // switched off-line by hand
	jam     bool // the cutter will jam at the next cut ...
	jammed  bool // ... and did
	hot     bool
	mute    bool
	paper   float64 // mm left
	rx      []byte  // receive buffer
	gen     int     // counts the times rx was thrown away
	asb     byte    // what GS a asked for
	told    [4]byte // the last automatic status
	out     chan byte
	page    []byte // rows since the last cut
	pages   int
	unknown [][]byte
	text    int           // characters printed as text, which no slip of ours has
	debt    time.Duration // pacing not slept yet; owned by Run
}

// Page is what was cut off: all paper since the last cut, fed rows included.
type Page struct {
	Bitmap *slip.Bitmap
	Number int       // from 1
	At     time.Time // of the cut
	Text   int       // characters that were printed as text: garbage, since slips are pictures
}

// Inked reports whether anything is printed on the page: when a printer is cleared it cuts off a white strip.
func (p Page) Inked() bool {
	for _, b := range p.Bitmap.Bits {
		if b != 0 {
			return true
		}
	}
	return p.Text > 0
}

func (s *Sim) init() {
	s.once.Do(func() {
		s.cond = sync.NewCond(&s.mu)
		s.plugs = make(chan net.Conn)
		s.Width, s.DPI = cmp.Or(s.Width, 576), cmp.Or(s.DPI, 203)
		s.Buffer, s.Line = cmp.Or(s.Buffer, simBuffer), cmp.Or(s.Line, simLine)
		s.Head, s.Speed = cmp.Or(s.Head, simHead), cmp.Or(s.Speed, 1)
		s.NearEnd = cmp.Or(s.NearEnd, simNearEnd)
		s.paper = simRoll
		s.told = s.statusASB()
	})
}

// Run prints what is in the buffer until the context ends, and serves the cables that Open plugs in.
func (s *Sim) Run(ctx context.Context) error {
	s.init()
	var cables sync.WaitGroup
	defer cables.Wait()
	stop := context.AfterFunc(ctx, s.wake)
	defer stop()
	cables.Go(func() { s.head(ctx) })
	for {
		select {
		case c := <-s.plugs:
			cables.Go(func() { s.Serve(ctx, c) })
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Open plugs in a cable made of memory; a Sim is a port.Opener too. It waits for Run.
func (s *Sim) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	s.init()
	near, far := net.Pipe()
	select {
	case s.plugs <- far:
		return port.Wrap(near, "simulated printer", 0, 0), nil
	case <-ctx.Done():
		return nil, errors.Join(context.Cause(ctx), near.Close(), far.Close())
	}
}

// Serve is one cable: it takes bytes as fast as the line carries them and the buffer has room, and sends answers. It
// ends, and closes the wire, when the other side hangs up or the context ends. The printer itself lives on in Run.
func (s *Sim) Serve(ctx context.Context, wire io.ReadWriteCloser) error {
	s.init()
	ctx, cancel := context.WithCancel(ctx)
	answers := make(chan byte, simAnswers)
	s.with(func() { s.out = answers })
	var parts sync.WaitGroup
	stopWake := context.AfterFunc(ctx, s.wake)
	parts.Go(func() { <-ctx.Done(); wire.Close() })
	parts.Go(func() { defer cancel(); speak(ctx, wire, answers) })
	err := s.listen(ctx, wire)
	cancel()
	parts.Wait()
	stopWake()
	s.with(func() {
		if s.out == answers {
			s.out = nil
		}
	})
	return err
}

func speak(ctx context.Context, wire io.Writer, answers <-chan byte) {
	for {
		select {
		case b := <-answers:
			if _, err := wire.Write([]byte{b}); err != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// listen acts on real-time commands as their last byte arrives and queues every byte, those too: so do printers, which
// is why a picture can hold a question.
func (s *Sim) listen(ctx context.Context, wire io.Reader) error {
	var seen realTime
	var debt time.Duration
	buf := make([]byte, 64)
	for {
		n, err := wire.Read(buf)
		if err != nil {
			return err
		}
		debt = s.pace(ctx, debt+time.Duration(n)*time.Second/time.Duration(s.Line))
		for _, b := range buf[:n] {
			if !s.queue(ctx, b) {
				return context.Cause(ctx)
			}
			s.realTime(seen.feed(b))
		}
	}
}

// pace sleeps what has added up and returns what is left of it; less than nothing when the system woke it late.
func (s *Sim) pace(ctx context.Context, debt time.Duration) time.Duration {
	d := time.Duration(float64(debt) / s.Speed)
	if d < simNap {
		return debt
	}
	began := time.Now()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
	return debt - time.Duration(float64(time.Since(began))*s.Speed)
}

// queue waits for room; false when the cable was pulled meanwhile.
func (s *Sim) queue(ctx context.Context, b byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.rx) >= s.Buffer && ctx.Err() == nil {
		s.cond.Wait()
	}
	if !s.off {
		s.rx = append(s.rx, b)
	}
	s.cond.Broadcast()
	return ctx.Err() == nil
}

// realTime finds the real-time commands in a stream of anything.
type realTime struct{ last [10]byte }

// feed returns the command that b completes, or nil.
func (r *realTime) feed(b byte) []byte {
	copy(r.last[:], r.last[1:])
	r.last[9] = b
	switch {
	case [10]byte(clearDLEDC4) == r.last:
		return clearDLEDC4
	case r.last[7] == dle && (r.last[8] == eot || r.last[8] == enq):
		return []byte{dle, r.last[8], b}
	}
	return nil
}

func (s *Sim) realTime(command []byte) {
	if command == nil {
		return
	}
	s.with(func() {
		switch {
		case s.off:
		case command[1] == dc4:
			s.throwAway()
			s.say(0x37, 0x25, 0x00)
		case command[1] == eot:
			s.answerEOT(command[2])
		case command[2] == 2 && s.stopped():
			s.throwAway()
		}
	})
}

// throwAway empties the buffer and ends the command under way.
func (s *Sim) throwAway() {
	s.rx, s.gen = nil, s.gen+1
}

func (s *Sim) answerEOT(n byte) {
	const fixed = 0x12
	switch n {
	case 1:
		s.say(fixed | bit(s.stopped(), 0x08))
	case 2:
		s.say(fixed | bit(s.cover, 0x04) | bit(s.paper <= 0, 0x20) | bit(s.jammed || s.hot, 0x40))
	case 3:
		s.say(fixed | bit(s.jammed, 0x08) | bit(s.hot, 0x40))
	case 4:
		s.say(fixed | bit(s.nearEnd(), 0x0c) | bit(s.paper <= 0, 0x60))
	}
}

func (s *Sim) statusASB() [4]byte {
	return [4]byte{
		0x10 | bit(s.stopped(), 0x08) | bit(s.cover, 0x20),
		bit(s.jammed, 0x08) | bit(s.hot, 0x40),
		bit(s.nearEnd(), 0x03) | bit(s.paper <= 0, 0x0c),
		0,
	}
}

func bit(on bool, mask byte) byte {
	if on {
		return mask
	}
	return 0
}

func (s *Sim) nearEnd() bool { return s.NearEnd > 0 && s.paper < s.NearEnd }

// stopped says that nothing is printed at present: the printer is off-line.
func (s *Sim) stopped() bool {
	return s.off || s.cover || s.offline || s.jammed || s.hot || s.paper <= 0
}

// say sends at once; what does not fit the send buffer, or finds no cable, is lost.
func (s *Sim) say(bytes ...byte) {
	if s.mute || s.out == nil || s.off {
		return
	}
	for _, b := range bytes {
		select {
		case s.out <- b:
		default:
		}
	}
}

// with changes the printer and lets it tell of the change, if it was asked to.
func (s *Sim) with(change func()) {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	s.tell()
	s.cond.Broadcast()
}

func (s *Sim) tell() {
	now := s.statusASB()
	if s.asb != 0 && now != s.told {
		s.say(now[:]...)
	}
	s.told = now
}

func (s *Sim) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cond.Broadcast()
}

// SetPaper puts in a roll with so many millimetres left; 0 takes it out.
func (s *Sim) SetPaper(mm float64) { s.with(func() { s.paper = mm }) }

// SetCover opens or closes the cover.
func (s *Sim) SetCover(open bool) { s.with(func() { s.cover = open }) }

// SetOffline presses the on-line button.
func (s *Sim) SetOffline(off bool) { s.with(func() { s.offline = off }) }

// SetCutterJam puts something into the blade, noticed at the next cut, or takes it out.
func (s *Sim) SetCutterJam(jam bool) {
	s.with(func() { s.jam, s.jammed = jam, s.jammed && jam })
}

// SetHot makes the head too hot to print, or cools it.
func (s *Sim) SetHot(hot bool) { s.with(func() { s.hot = hot }) }

// SetMute suppresses all answers, as clones and half-broken cables do.
func (s *Sim) SetMute(mute bool) { s.with(func() { s.mute = mute }) }

// SetPower cuts the mains, even in the middle of a picture: the buffer and the settings are lost, the paper is not.
func (s *Sim) SetPower(on bool) {
	s.with(func() {
		s.throwAway()
		s.off, s.asb = !on, 0
	})
}

// Partial is the paper that hangs out of the printer now: everything since the last cut.
func (s *Sim) Partial() *slip.Bitmap {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bitmap()
}

func (s *Sim) bitmap() *slip.Bitmap {
	stride := s.Width / 8
	b := slip.NewBitmap(s.Width, len(s.page)/stride)
	copy(b.Bits, s.page)
	return b
}

// Unknown is the commands so far that it did not know, each up to where it stopped looking; at most 100 are kept.
func (s *Sim) Unknown() [][]byte {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([][]byte(nil), s.unknown...)
}
