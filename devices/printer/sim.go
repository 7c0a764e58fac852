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
	"markaz.example/devices/profile"
	"markaz.example/devices/slip"
)

// Sim is a printer at the far end of the wire. It has paper, a cover, a cutter, a head that can run hot, a receive
// buffer that holds the line back when it is full, and the habits of real ones: it answers real-time questions as they
// arrive, even from inside a picture; when paper ends in the middle of a slip it goes off-line, keeps its buffer, and
// goes on by itself when paper is back. It draws pictures by all three commands; what it knows and cannot draw, such as
// a bar code, it passes over in step, and what it does not know it records.
//
// Set the exported fields before Run. Run is the printer's own life, which goes on while no cable is plugged in; Serve
// is one cable. All other methods may be called from any goroutine.
type Sim struct {
	Width   int        // dots a row, a multiple of 8; 0 means 576
	DPI     int        // 0 means 203
	Cutter  bool       // false: a page ends at a feed of 10 mm, where the visitor tears
	Buffer  int        // bytes; 0 means 4096
	Hold    Hold       // what a full buffer does
	Line    int        // bytes a second the wire carries; 0 means 11,520, which is 115200 baud
	Head    float64    // mm of paper a second; 0 means 150
	Speed   float64    // all of it so many times faster; 0 means 1, +Inf means no waiting at all
	NearEnd float64    // mm left on the roll when the near-end sensor notices; 0 means 4 m, negative means no sensor
	ID      Identity   // what GS I tells; what is empty is not answered, as by clones
	OnPage  func(Page) // called by Run's goroutine for every page cut or torn off; may be nil

	once  sync.Once
	cond  *sync.Cond    // tells of every change of the state below
	plugs chan net.Conn // from Open to Run

	mu      sync.Mutex // guards what follows
	mains   mains
	hand    hand
	rx      []byte                 // receive buffer
	gen     int                    // counts the times rx was thrown away
	custom  map[int]int            // what GS ( E set; the printer keeps it without power
	cables  map[chan said]struct{} // plugged in: one, or for a moment the one that is being pulled as well
	page    []byte                 // rows since the last cut
	paper   float64                // mm left
	pages   int
	text    int // characters printed as text, which no slip of ours has
	kicks   int
	lost    int // bytes
	unknown [][]byte
	debt    time.Duration // pacing not slept yet; owned by Run
}

// Hold is how a printer with a full buffer holds the line back.
type Hold string

// The ways printers have. Bytes that come all the same are lost, and what was a picture goes on as text.
const (
	HoldWire    Hold = ""         // takes no more: RTS/CTS, a USB endpoint that says NAK, a TCP window
	HoldXOFF    Hold = "xon-xoff" // asks for silence at half full, for more at a quarter
	HoldNothing Hold = "none"     // a cable with three wires
)

// mains is all that a printer forgets without power.
type mains struct {
	asb     byte    // what GS a asked for
	told    [4]byte // the last automatic status
	line    []byte  // rows of the line that is being put together; nil for none
	at      int     // dot where the line goes on
	letters int     // characters in the line
	spacing int     // rows of a line feed
	stored  *slip.Bitmap
	tall    [2]int // how many times wider and higher the stored picture is printed
	xoff    bool   // asked for silence
	setting bool   // in GS ( E's user setting mode
}

// hand is what a person or fate did to the printer.
type hand struct {
	off     bool // mains switch
	cover   bool
	offline bool // switched off-line by hand
	jam     bool // the cutter will jam at the next cut ...
	jammed  bool // ... and did
	hot     bool

	mute, half, clone, babble bool
	odd                       bool          // half: the next byte gets through
	delay                     time.Duration // of every answer
	lose                      int           // bytes still to be lost on the way in
}

// said is one byte on its way to the host.
type said struct {
	byte
	due time.Time
}

// SimOf is a simulator of a model: its width, its head, whether it cuts, and how it holds the line back.
func SimOf(p profile.Printer) *Sim {
	s := &Sim{Width: p.WidthDots, DPI: p.DPI, Cutter: p.Cutter != profile.CutNone, Line: p.Line.Baud / bitsPerByte}
	s.ID.Model = p.Model
	if !p.NearEnd {
		s.NearEnd = -1
	}
	if p.Line.Flow == string(port.FlowXONXOFF) {
		s.Hold = HoldXOFF
	}
	return s
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
		s.plugs, s.cables = make(chan net.Conn), map[chan said]struct{}{}
		s.Width, s.DPI = cmp.Or(s.Width, 576), cmp.Or(s.DPI, 203)
		s.Buffer, s.Line = cmp.Or(s.Buffer, simBuffer), cmp.Or(s.Line, simLine)
		s.Head, s.Speed = cmp.Or(s.Head, simHead), cmp.Or(s.Speed, 1)
		s.NearEnd = cmp.Or(s.NearEnd, simNearEnd)
		s.custom = map[int]int{customDensity: 0, customSpeed: simSpeedStep}
		s.paper = simRoll
		s.switchOn()
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
	answers := make(chan said, simAnswers)
	s.with(func() { s.cables[answers] = struct{}{} })
	var parts sync.WaitGroup
	stopWake := context.AfterFunc(ctx, s.wake)
	parts.Go(func() { <-ctx.Done(); wire.Close() })
	parts.Go(func() { defer cancel(); speak(ctx, wire, answers) })
	parts.Go(func() { s.babble(ctx) })
	err := s.listen(ctx, wire)
	cancel()
	parts.Wait()
	stopWake()
	s.with(func() { delete(s.cables, answers) })
	return err
}

func speak(ctx context.Context, wire io.Writer, answers <-chan said) {
	for {
		select {
		case b := <-answers:
			if !sleepUntil(ctx, b.due) {
				return
			}
			if _, err := wire.Write([]byte{b.byte}); err != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// sleepUntil reports whether it slept to the end.
func sleepUntil(ctx context.Context, due time.Time) bool {
	left := time.Until(due)
	if left <= 0 {
		return true
	}
	t := time.NewTimer(left)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// babble says what no printer says, for as long as the hand wants it.
func (s *Sim) babble(ctx context.Context) {
	for ctx.Err() == nil {
		s.mu.Lock()
		for !s.hand.babble && ctx.Err() == nil {
			s.cond.Wait()
		}
		for i := range simBabble {
			s.sayRaw(0xa0 + byte(i)) // no answer of a printer has bit 7
		}
		s.mu.Unlock()
		sleepUntil(ctx, time.Now().Add(simBabbleEvery))
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

// queue takes one byte into the buffer, or does what the printer does when there is no room; false when the cable was
// pulled meanwhile.
func (s *Sim) queue(ctx context.Context, b byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.Hold == HoldWire && len(s.rx) >= s.Buffer && ctx.Err() == nil {
		s.cond.Wait()
	}
	switch {
	case s.hand.off:
	case s.hand.lose > 0:
		s.hand.lose--
		s.lost++
	case len(s.rx) >= s.Buffer:
		s.lost++
	default:
		s.rx = append(s.rx, b)
	}
	s.flow()
	s.cond.Broadcast()
	return ctx.Err() == nil
}

// flow asks for silence while half the buffer is still free: what is on the line by then must find room.
func (s *Sim) flow() {
	m := &s.mains
	switch {
	case s.Hold != HoldXOFF || s.hand.off:
	case !m.xoff && len(s.rx) >= s.Buffer/2:
		m.xoff = true
		s.sayRaw(xoff)
	case m.xoff && len(s.rx) <= s.Buffer/4:
		m.xoff = false
		s.sayRaw(xon)
	}
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
