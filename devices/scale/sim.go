package scale

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"markaz.example/devices/port"
	"markaz.example/devices/profile"
)

// Sim is a scale at the far end of the wire: a pan that swings before it rests, a child that does not lie still, a zero
// that drifts, and a line with the habits of real ones.
//
// Set the exported fields before Run. Run is the scale's own life, which goes on while no cable is plugged in; Serve is
// one cable. All other methods may be called from any goroutine.
type Sim struct {
	Protocol string        // one of package profile's words; "" means MT-SICS
	Talk     string        // TalkStream, TalkRequest or TalkOnce; "" means as the protocol does first
	Division int64         // grams; 0 means 10
	Capacity int64         // grams; 0 means 20,000
	Number   string        // the serial number it tells; "" means "B234567890"
	Basic    bool          // MT-SICS levels 0 and 1 only: settings are answered with ES
	Silent   bool          // A&D: acknowledgement switched off
	Rate     float64       // lines a second of a stream; 0 means 10
	Settle   time.Duration // time constant of the pan; 0 means 250 ms
	Answer   time.Duration // before each answer; 0 means 20 ms
	Line     int           // bytes a second that the wire carries; 0 means 960, which is 9600 baud
	Speed    float64       // all of it so many times faster; 0 means 1, +Inf means no waiting at all

	once  sync.Once
	plugs chan net.Conn // from Open to Run

	mu       sync.Mutex // guards what follows
	pan      pan
	shows    Unit
	off      bool
	life     int    // counts the times the power went
	sent     uint64 // bytes since the beginning
	cutAt    uint64 // the power fails there; 0 for never
	battery  bool
	busy     bool
	deaf     int // so many commands will be answered with ET
	slow     time.Duration
	split    time.Duration
	join     int
	garbage  []byte
	babble   bool
	halve    bool
	repeat   string  // "SIR" or "SR" until cancelled, "" for none
	told     int64   // the last weight of SR or of a weighing that is told once
	fresh    bool    // a load was put on and not told yet
	pending  *waiter // a command that waits for rest
	settings map[string]string
	text     string                   // on the display instead of the weight
	cables   map[chan saying]struct{} // plugged in: one, or for a moment the one that is being pulled as well
}

// saying is bytes on their way out.
type saying struct {
	bytes []byte
	delay time.Duration
	life  int // what a scale meant to say is forgotten with its power
}

// waiter is a command that is carried out at rest, or refused when there is none.
type waiter struct {
	command string
	until   time.Time
}

// SimOf is a simulator of a model.
func SimOf(p profile.Scale) *Sim {
	return &Sim{
		Protocol: p.Protocol, Talk: p.Talk, Division: int64(p.DivisionG), Capacity: int64(p.MaxG), Line: p.Line.Baud / simLineBits,
	}
}

func (s *Sim) init() {
	s.once.Do(func() {
		s.plugs = make(chan net.Conn)
		s.Protocol = cmp.Or(s.Protocol, profile.ScaleSICS)
		s.Talk = cmp.Or(s.Talk, simTalks[s.Protocol])
		s.Division, s.Capacity = cmp.Or(s.Division, simDivision), cmp.Or(s.Capacity, simCapacity)
		s.Number, s.Rate = cmp.Or(s.Number, "B234567890"), cmp.Or(s.Rate, simRate)
		s.Settle, s.Answer = cmp.Or(s.Settle, simSettle), cmp.Or(s.Answer, simAnswer)
		s.Line, s.Speed = cmp.Or(s.Line, simLine), cmp.Or(s.Speed, 1)
		s.shows = Kilogram
		s.cables = map[chan saying]struct{}{}
		s.settings = map[string]string{"M02": "2", "M03": "0", "M21": "1"}
		s.pan = pan{division: s.Division, capacity: s.Capacity, settle: s.Settle, speed: s.Speed, random: rand.New(rand.NewPCG(1, 1))}
	})
}

// simTalks is how each protocol talks unless told otherwise.
var simTalks = map[string]string{
	profile.ScaleSICS: profile.TalkRequest, profile.ScaleAnD: profile.TalkStream, profile.ScaleCAS22: profile.TalkStream,
	profile.ScaleCAS18: profile.TalkStream, profile.ScaleCASEnq: profile.TalkRequest, profile.ScaleTanita: profile.TalkOnce,
	profile.ScaleRiceLake: profile.TalkOnce, profile.ScaleSeca: profile.TalkStream,
}

// Run serves the cables that Open plugs in, until the context ends.
func (s *Sim) Run(ctx context.Context) error {
	s.init()
	var cables sync.WaitGroup
	defer cables.Wait()
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
		return port.Wrap(near, "simulated scale", 0, 0), nil
	case <-ctx.Done():
		return nil, errors.Join(context.Cause(ctx), near.Close(), far.Close())
	}
}

// Serve is one cable. It ends, and closes the wire, when the other side hangs up or the context ends.
func (s *Sim) Serve(ctx context.Context, wire io.ReadWriteCloser) error {
	s.init()
	ctx, cancel := context.WithCancel(ctx)
	out := make(chan saying, simSayingsMax)
	s.with(func() { s.cables[out] = struct{}{}; s.pending, s.repeat = nil, "" })
	var parts sync.WaitGroup
	parts.Go(func() { <-ctx.Done(); wire.Close() })
	parts.Go(func() { defer cancel(); s.speak(ctx, wire, out) })
	parts.Go(func() { s.clockwork(ctx) })
	err := s.listen(wire)
	cancel()
	parts.Wait()
	s.with(func() { delete(s.cables, out) })
	return err
}

func (s *Sim) with(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

// listen takes commands: lines, or the two bytes of CAS's handshake.
func (s *Sim) listen(wire io.Reader) error {
	var line []byte
	buf := make([]byte, readBytes)
	for {
		n, err := wire.Read(buf)
		if err != nil {
			return err
		}
		for _, b := range buf[:n] {
			switch {
			case s.Protocol == profile.ScaleCASEnq:
				s.with(func() { s.control(b) })
			case b == '\n':
				s.with(func() { s.obey(string(bytes.TrimRight(line, "\r"))) })
				line = line[:0]
			case len(line) < lineBytesMax:
				line = append(line, b)
			}
		}
	}
}

// say queues bytes; what the wire cannot take any more is lost, as in a scale without handshake. With mu held.
func (s *Sim) say(b []byte, delay time.Duration) {
	if s.off {
		return
	}
	for out := range s.cables {
		select {
		case out <- saying{b, delay, s.life}:
		default:
		}
	}
}

// answer is a saying that a command caused. With mu held.
func (s *Sim) answer(line string) {
	if !s.babble {
		s.say([]byte(line), s.Answer+s.slow)
	}
}

// speak puts sayings on the wire at its pace, and does to them what was asked for.
func (s *Sim) speak(ctx context.Context, wire io.Writer, out <-chan saying) {
	var held []saying
	for {
		select {
		case say := <-out:
			s.pause(ctx, say.delay)
			held = append(held, say)
			if len(held) < s.joins() {
				continue
			}
			if err := s.transmit(ctx, wire, s.spoil(held)); err != nil {
				return
			}
			held = held[:0]
		case <-ctx.Done():
			return
		}
	}
}

func (s *Sim) joins() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Talk != profile.TalkStream {
		return 0
	}
	return s.join
}

// spoil joins sayings, cut in half if asked to, with the garbage that waits in front.
func (s *Sim) spoil(held []saying) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.garbage
	s.garbage = nil
	for _, say := range held {
		if say.life != s.life {
			continue
		}
		if s.halve {
			say.bytes = say.bytes[:len(say.bytes)/2]
		}
		b = append(b, say.bytes...)
	}
	return b
}

// transmit sends in two pieces when asked to, and stops where the power fails.
func (s *Sim) transmit(ctx context.Context, wire io.Writer, b []byte) error {
	var gap time.Duration
	s.with(func() {
		gap = s.split
		if s.cutAt > 0 && s.sent+uint64(len(b)) > s.cutAt {
			b = b[:s.cutAt-min(s.cutAt, s.sent)]
			s.cutAt = 0
			s.turnOff()
		} else if s.off {
			b = nil
		}
		s.sent += uint64(len(b))
	})
	half := len(b)
	if gap > 0 {
		half /= 2
	}
	for i, piece := range [][]byte{b[:half], b[half:]} {
		if len(piece) == 0 {
			continue
		}
		if i > 0 {
			s.pause(ctx, gap)
		}
		s.pause(ctx, time.Duration(len(piece))*time.Second/time.Duration(s.Line))
		if _, err := wire.Write(piece); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sim) pause(ctx context.Context, d time.Duration) {
	if d = s.real(d); d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// real is how long something takes at this speed.
func (s *Sim) real(d time.Duration) time.Duration { return time.Duration(float64(d) / s.Speed) }

// clockwork does what the scale does by itself: its stream, and commands that wait for rest.
func (s *Sim) clockwork(ctx context.Context) {
	each := time.Duration(float64(time.Second) / s.Rate)
	tick := time.NewTicker(max(s.real(each), simTickMin))
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.with(s.beat)
		case <-ctx.Done():
			return
		}
	}
}

// beat is one tick. With mu held.
func (s *Sim) beat() {
	now := time.Now()
	v := s.shown(now)
	if s.pending != nil {
		s.settlePending(v, now)
	}
	switch {
	case s.babble:
		s.say(s.noise(), 0)
	case s.repeat == "SIR", s.Talk == profile.TalkStream:
		s.say(encode(s.Protocol, v), 0)
	case s.repeat == "SR" && v.status == OK && v.grams != s.told:
		s.told = v.grams
		s.say(encode(s.Protocol, v), 0)
	case s.Talk == profile.TalkOnce && s.fresh && v.status == OK:
		s.fresh = false
		s.say(encode(s.Protocol, v), 0)
	}
}

// noise is what a line of text looks like at the wrong speed. With mu held.
func (s *Sim) noise() []byte {
	b := make([]byte, simNoise)
	for i := range b {
		b[i] = byte(s.pan.random.Uint32()) | 0x80
	}
	return b
}

// shown is the display now. With mu held.
func (s *Sim) shown(now time.Time) shown {
	v := shown{look: s.pan.look(now), unit: s.shows, battery: s.battery}
	if s.busy {
		v.status = Busy
	}
	switch {
	case s.shows == Pound:
		v.decimals = 2
	case s.shows == Kilogram:
		v.decimals = 3 - min(3, int(math.Log10(float64(s.Division))))
	}
	return v
}

// turnOff forgets what a scale forgets without power. With mu held.
func (s *Sim) turnOff() {
	s.off, s.pending, s.repeat, s.pan.tare = true, nil, "", 0
	s.life++
}

// Put sets what stands on the pan, in grams; less than nothing means that the pan itself was lifted.
func (s *Sim) Put(grams int64) {
	s.init()
	s.with(func() { s.pan.put(grams, time.Now()); s.fresh = grams > emptyDivisions*s.Division })
}

// Wriggle makes what stands on the pan move, or lie still.
func (s *Sim) Wriggle(on bool) { s.init(); s.with(func() { s.pan.wriggle = on }) }

// Drift shifts the zero, in grams.
func (s *Sim) Drift(grams int64) { s.init(); s.with(func() { s.pan.drift = grams }) }

// Unit changes the display's unit: Kilogram, Gram or Pound. The line follows it.
func (s *Sim) Unit(u Unit) { s.init(); s.with(func() { s.shows = u }) }

// SetPower switches the scale on or off. Switched on it takes the present load for zero if that is small, and an MT-SICS
// scale says who it is.
func (s *Sim) SetPower(on bool) {
	s.init()
	s.with(func() {
		switch {
		case !on:
			s.turnOff()
		case s.off:
			s.off = false
			s.pan.start()
			if s.Protocol == profile.ScaleSICS {
				s.answer(s.identity())
			}
		}
	})
}

// CutPower lets the power fail after so many more bytes, in the middle of a line if need be. SetPower brings it back.
func (s *Sim) CutPower(after int) { s.init(); s.with(func() { s.cutAt = s.sent + uint64(after) }) }

// Battery lets the battery go low; only seca's line tells.
func (s *Sim) Battery(low bool) { s.init(); s.with(func() { s.battery = low }) }

// Busy makes the scale say that it cannot weigh just now, as one on a shaking table does.
func (s *Sim) Busy(on bool) { s.init(); s.with(func() { s.busy = on }) }

// Slow adds to the time before each answer.
func (s *Sim) Slow(d time.Duration) { s.init(); s.with(func() { s.slow = d }) }

// Split sends each line in two pieces with a pause between them; 0 sends it whole.
func (s *Sim) Split(pause time.Duration) { s.init(); s.with(func() { s.split = pause }) }

// Join keeps a stream's lines back and sends so many at once; 0 sends each by itself. Answers are never kept back.
func (s *Sim) Join(lines int) { s.init(); s.with(func() { s.join = lines }) }

// Garble puts bytes in front of the next line.
func (s *Sim) Garble(b []byte) { s.init(); s.with(func() { s.garbage = append(s.garbage, b...) }) }

// Babble makes the scale send noise instead of lines, without being asked, as one on another speed does.
func (s *Sim) Babble(on bool) { s.init(); s.with(func() { s.babble = on }) }

// Halve cuts the end off everything it says.
func (s *Sim) Halve(on bool) { s.init(); s.with(func() { s.halve = on }) }

// Deaf makes the scale receive the next commands damaged, which MT-SICS answers with ET.
func (s *Sim) Deaf(commands int) { s.init(); s.with(func() { s.deaf = commands }) }

// Wriggles reports whether what stands on the pan moves.
func (s *Sim) Wriggles() bool {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pan.wriggle
}

// Load is what stands on the pan, in grams.
func (s *Sim) Load() int64 {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pan.load
}

// Shows is the display: the weight in grams, and what the scale thinks of it. Off it is the zero Status.
func (s *Sim) Shows() (grams int64, status Status) {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.off {
		return 0, 0
	}
	v := s.shown(time.Now())
	return v.grams, v.status
}

// Text is what a command put on the display instead of the weight.
func (s *Sim) Text() string {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text
}
