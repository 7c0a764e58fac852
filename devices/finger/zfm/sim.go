package zfm

import (
	"cmp"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"markaz.example/devices/finger/synth"
	"markaz.example/devices/port"
	"markaz.example/devices/profile"
)

// Sim is a module at the far end of the wire: its sensor, its library, its settings, and the habits of real ones. It
// takes as long for its answers as they do and sends them at the speed it is set to, in pieces of any length.
//
// Fingers are synthetic, and its templates are opaque bytes of the true length that carry whose they are, so that its
// matches mean something. Its library, notepad and settings outlive a power cut; its buffers do not.
//
// Set the exported fields before Run. Run is the module's own life, which goes on while no cable is plugged in; Serve is
// one cable. All other methods may be called from any goroutine.
type Sim struct {
	Shape  synth.Shape // of the sensor; zero means 256 by 288 at 500 dpi
	Pages  int         // of the library; 0 means 162
	Extras bool        // knows what the R30x, R503 and ZFM-70 know beyond the ZFM-20
	Lazy   bool        // uses a new packet size only after the next power-up, as some clones do
	Speed  float64     // all of it so many times faster; 0 means 1, +Inf means no waiting at all
	Piece  int         // the most bytes it sends at once, from one up by chance; 0 means 64

	once  sync.Once
	plugs chan net.Conn // from Open to Run
	woken chan struct{} // one waiting power-up

	mu      sync.Mutex // guards what follows
	off     bool
	kept    simKept
	now     simNow
	press   simPress
	next    Mishap
	faults  simFaults
	host    int // the speed the host sends at; 0 means the module's own
	prints  map[uint64]simPrint
	printed []uint64 // the keys of prints, oldest first
}

// simKept outlives a power cut.
type simKept struct {
	password, address uint32
	security          int
	packetBytes, baud int
	pages             map[int][]byte
	notes             [notePages][noteBytes]byte
}

// simNow does not.
type simNow struct {
	verified    bool
	packetBytes int
	passed      bool // the last match
	image       *simImage
	buffers     [2][]byte
	taking      *[]byte // where data packets go; nil when none are expected
	takingMax   int
	takingImage bool
	random      *rand.Rand
}

// simPress is what lies on the glass.
type simPress struct {
	down  bool
	seed  int64
	how   synth.How
	count uint64 // presses so far: each is an impression of its own
}

type simFaults struct{ flash, sensor, dirty, mute bool }

// Mishap is what goes wrong with one answer.
type Mishap struct {
	Command  byte          // the answer to this command, by its code; 0 for whichever comes next
	Code     Code          // answered instead of doing the command; 0 for none
	Noise    int           // bytes before the answer
	WrongSum bool          // of the packet below
	Packet   int           // 0 the answer itself, 1 the first data packet behind it ...
	Late     time.Duration // before the answer, on top of what it takes anyway, never made faster by Speed
	Lost     bool          // the answer, wholly
	CutAfter int           // the power fails after so many bytes of the answer and its data; 0 for never
}

// SimOf is a simulator of a model, as it comes from the factory.
func SimOf(p profile.Finger) *Sim {
	return &Sim{Shape: synth.Shape{Width: p.Picture.Width, Height: p.Picture.Height, DPI: p.Picture.DPI}}
}

func (s *Sim) init() {
	s.once.Do(func() {
		s.plugs, s.woken = make(chan net.Conn), make(chan struct{}, 1)
		s.Shape = cmp.Or(s.Shape, synth.Shape{Width: simWidth, Height: simHeight, DPI: synth.DPI})
		s.Pages, s.Speed, s.Piece = cmp.Or(s.Pages, simPages), cmp.Or(s.Speed, 1), cmp.Or(s.Piece, simPiece)
		s.kept = simKept{address: addressDefault, security: 3, packetBytes: simPacket, baud: simBaud, pages: map[int][]byte{}}
		s.prints = map[uint64]simPrint{}
		s.start()
	})
}

// start is what power does. The random numbers are the same after every start: a test can repeat them.
func (s *Sim) start() {
	s.now = simNow{packetBytes: s.kept.packetBytes, random: rand.New(rand.NewPCG(1, 1))}
}

// Run serves the cables that Open plugs in, until the context ends.
func (s *Sim) Run(ctx context.Context) error {
	s.init()
	var cables sync.WaitGroup
	defer cables.Wait()
	for {
		select {
		case c := <-s.plugs:
			cables.Go(func() { _ = s.Serve(ctx, c) })
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
		return port.Wrap(near, "simulated fingerprint module", 0, 0), nil
	case <-ctx.Done():
		return nil, errors.Join(context.Cause(ctx), near.Close(), far.Close())
	}
}

// Serve is one cable. It ends, and closes the wire, when the other side hangs up or the context ends.
func (s *Sim) Serve(ctx context.Context, wire io.ReadWriteCloser) error {
	s.init()
	ctx, cancel := context.WithCancelCause(ctx)
	heard := make(chan []byte, simQueue)
	var parts sync.WaitGroup
	parts.Go(func() { <-ctx.Done(); wire.Close() })
	parts.Go(func() { cancel(hear(ctx, wire, heard)) })
	cancel((&simWire{s: s, ctx: ctx, wire: wire, heard: heard, random: rand.New(rand.NewPCG(2, 2))}).serve())
	parts.Wait()
	return context.Cause(ctx)
}

// hear takes what the host sends at any time: a module loses it or not, but does not hold the line back.
func hear(ctx context.Context, wire io.Reader, heard chan<- []byte) error {
	for {
		buf := make([]byte, readBytes)
		n, err := wire.Read(buf)
		if err != nil {
			return err
		}
		select {
		case heard <- buf[:n]:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// with changes the module.
func (s *Sim) with(change func()) {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// Press puts the finger of a seed on the glass, as a new impression of it, until Lift.
func (s *Sim) Press(seed int64, how synth.How) {
	s.with(func() { s.press = simPress{down: how != synth.Empty, seed: seed, how: how, count: s.press.count + 1} })
}

// Lift takes the finger away.
func (s *Sim) Lift() { s.with(func() { s.press.down = false }) }

// Pressed reports whether a finger lies on the glass.
func (s *Sim) Pressed() (down bool) {
	s.with(func() { down = s.press.down })
	return down
}

// SetPower cuts the power, even in the middle of a picture, or gives it back; half a second later the module is ready.
func (s *Sim) SetPower(on bool) {
	s.with(func() {
		if s.off == !on {
			return
		}
		s.off = !on
		s.start()
		if on {
			select {
			case s.woken <- struct{}{}:
			default:
			}
		}
	})
}

// Next spoils the next answer, or the next to one command.
func (s *Sim) Next(m Mishap) { s.with(func() { s.next = m }) }

// SetFlash breaks the memory that library and settings are kept in, or mends it.
func (s *Sim) SetFlash(broken bool) { s.with(func() { s.faults.flash = broken }) }

// SetSensor breaks the sensor: it takes no picture at all.
func (s *Sim) SetSensor(broken bool) { s.with(func() { s.faults.sensor = broken }) }

// SetDirty smears the glass: it looks like a finger at all times, of which nothing can be made.
func (s *Sim) SetDirty(dirty bool) { s.with(func() { s.faults.dirty = dirty }) }

// SetMute suppresses all answers.
func (s *Sim) SetMute(mute bool) { s.with(func() { s.faults.mute = mute }) }

// SetHostBaud is the speed that the host's end of the line is open at, which a pseudo-terminal does not tell. At another
// speed than the module's own neither understands the other. 0 means that it is always right.
func (s *Sim) SetHostBaud(baud int) { s.with(func() { s.host = baud }) }

// Library lists the pages that hold a template.
func (s *Sim) Library() (n int) {
	s.with(func() { n = len(s.kept.pages) })
	return n
}

// pause sleeps as long as a module would need, made faster by Speed.
func (s *Sim) pause(ctx context.Context, d time.Duration) {
	sleep(ctx, time.Duration(float64(d)/s.Speed))
}

func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
