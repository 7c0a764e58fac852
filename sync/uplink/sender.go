package uplink

import (
	"fmt"
	"math/rand/v2"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// Sender decides what the box says to headquarters and when. It is a value with one method that matters: Step takes an
// event and the time, and gives what is to be done. It is not for several goroutines.
type Sender struct {
	start   chain.Position
	random  *rand.Rand    // for delays alone
	ceiling time.Duration // of the delays between dials

	head      chain.Position // acknowledged by the ledger
	confirmed chain.Position // held by headquarters, compared by hash

	phase    phase
	due      time.Time // when the phase has lasted long enough
	failures int       // links and dials that ended without an acknowledgement, in a row
	up       bool
	since    time.Time

	window     int
	next       chain.Position // the next batch begins after this
	underWay   []flight       // sent, not acknowledged, in order
	packing    bool           // a Send has not been answered
	limitBytes int
	spoke      time.Time // when something was last sent

	version uint // of the link's protocol
	search  search
	shelf   shelf
	forked  bool
	shown   bool // headquarters, of version 1, has set our branch aside
	common  chain.Position
	code    string
	detail  string
}

type flight struct {
	last chain.Position
	at   time.Time
}

type phase uint8

const (
	waiting   phase = iota // without a link, until due
	dialling               // Dial is being done
	greeting               // Hello is out
	streaming              // in agreement with headquarters
	searching              // for the last common record
	showing                // the first divergent batch is out
	branching              // headquarters keeps our branch, and takes what follows on it
)

// NewSender begins without a link, to dial at once. The random source makes the jitter and nothing else.
func NewSender(in chain.Incarnation, random *rand.Rand) *Sender {
	s := in.Start()
	return &Sender{start: s, random: random, ceiling: dialCeiling, head: s, confirmed: s, common: s, limitBytes: batchBytesFirst}
}

// Ceiling makes the longest delay between two dials another than two minutes. Call it before the first Step.
func (s *Sender) Ceiling(d time.Duration) { s.ceiling = d }

// Step takes one event at a time that never goes back, and gives what is to be done, in order.
func (s *Sender) Step(now time.Time, e Event) []Act {
	if acts, ok := s.aside(now, e); ok {
		return acts
	}
	switch e := e.(type) {
	case Advanced:
		return s.advanced(e)
	case Remembered:
		s.confirmed = e.Held
		return nil
	case Tick:
		return s.tick(now)
	case Connected:
		return s.connected(now)
	case Dropped:
		return s.dropped(now)
	case Welcomed:
		return s.welcomed(now, e)
	case Acked:
		return s.acked(now, e)
	case Landmarked:
		return s.landmarked(now, e)
	case Refused:
		return s.refused(now, e)
	case Packed:
		return s.packed(now, e)
	case Unreadable:
		return s.giveUp(now, CodeUnreadable, e.Detail)
	}
	panic(fmt.Sprintf("BUG: event %T", e))
}

// Wake is when Tick is next wanted. It is false while a Dial is being done, which has a limit of its own.
func (s *Sender) Wake() (time.Time, bool) {
	if s.phase == streaming && len(s.underWay) == 0 {
		return s.spoke.Add(beatEvery), true
	}
	return s.due, s.phase != dialling
}

// State is how the road stands.
func (s *Sender) State() State {
	return State{
		Up: s.up, Since: s.since, Head: s.head, Held: s.confirmed, Behind: s.head.Seq - min(s.head.Seq, s.confirmed.Seq),
		Forked: s.forked, Common: s.common, Code: s.code, Detail: s.detail,
	}
}

func (s *Sender) advanced(e Advanced) []Act {
	if e.Head.Seq > s.head.Seq {
		s.head = e.Head
	}
	return s.pump()
}

func (s *Sender) tick(now time.Time) []Act {
	if wake, ok := s.Wake(); !ok || now.Before(wake) {
		return nil
	}
	switch {
	case s.phase == waiting:
		s.phase = dialling
		return []Act{Dial{}}
	case s.phase == streaming && len(s.underWay) == 0:
		s.spoke = now
		return []Act{Beat{s.head}}
	}
	s.code, s.detail = CodeNoAnswer, "headquarters is connected and does not answer; look at its page"
	return s.hang(now, "no answer")
}

func (s *Sender) connected(now time.Time) []Act {
	if s.phase != dialling {
		return nil
	}
	s.phase, s.due = greeting, now.Add(answerMax)
	return []Act{Greet{s.head}}
}

func (s *Sender) dropped(now time.Time) []Act {
	if s.phase == waiting {
		return nil // hung up before, and waiting as long as that deserves
	}
	s.wait(now, s.backoff())
	return nil
}

// welcomed compares histories before anything is sent.
func (s *Sender) welcomed(now time.Time, e Welcomed) []Act {
	if s.phase != greeting {
		return nil
	}
	s.setUp(now, true)
	tell := Tell{time.UnixMilli(e.Wall)}
	switch {
	case e.Held.Seq > s.head.Seq:
		return append([]Act{tell}, s.diverged(now, e.Held.Seq, s.head.Seq+1)...)
	case !e.Ours.Known:
		return append([]Act{tell}, s.behind(now, e.Held.Seq)...)
	case !e.Ours.Is(e.Held.Hash):
		return append([]Act{tell}, s.diverged(now, e.Held.Seq, e.Held.Seq)...)
	}
	s.stream(now, e)
	return append([]Act{tell, Confirm{e.Held}}, s.pump()...)
}

func (s *Sender) stream(now time.Time, e Welcomed) {
	s.phase, s.window = streaming, int(e.Window)
	s.next, s.confirmed = e.Held, e.Held
	s.forked, s.common, s.shown = false, s.start, false
	s.code, s.detail = "", ""
	s.spoke = now
	if s.head == e.Held {
		s.failures = 0
	}
}

// pump sends while there is something worth a batch and room in the window.
func (s *Sender) pump() []Act {
	pending := s.head.Seq - min(s.head.Seq, s.next.Seq)
	switch {
	case s.phase != streaming, s.packing, pending == 0, len(s.underWay) >= s.window:
		return nil
	case len(s.underWay) > 0 && pending < lonely:
		return nil
	}
	s.packing = true
	return []Act{Send{After: s.next, UpTo: s.head.Seq, LimitBytes: s.limitBytes}}
}

func (s *Sender) packed(now time.Time, e Packed) []Act {
	s.packing, s.spoke = false, now
	if s.phase == streaming {
		if len(s.underWay) == 0 {
			s.due = now.Add(ackMax)
		}
		s.underWay = append(s.underWay, flight{e.Last, now})
		s.next = e.Last
	}
	return s.pump()
}

func (s *Sender) acked(now time.Time, e Acked) []Act {
	switch {
	case s.phase != streaming || e.Held.Seq <= s.confirmed.Seq:
		return nil
	case e.Held.Seq > s.head.Seq || !e.Ours.Is(e.Held.Hash):
		return s.hang(now, "headquarters acknowledged what this chain does not have") // the next greeting compares histories
	}
	s.confirmed, s.failures = e.Held, 0
	s.due = now.Add(ackMax)
	for len(s.underWay) > 0 && s.underWay[0].last.Seq <= e.Held.Seq {
		s.pace(now.Sub(s.underWay[0].at))
		s.underWay = s.underWay[1:]
	}
	if s.next.Seq < e.Held.Seq {
		s.next = e.Held // an older link's batch was committed late
	}
	return append([]Act{Confirm{e.Held}}, s.pump()...)
}

func (s *Sender) pace(took time.Duration) {
	switch {
	case took < quickAck:
		s.limitBytes = min(2*s.limitBytes, batchBytesMax)
	case took > slowAck:
		s.shrink()
	}
}

func (s *Sender) shrink() { s.limitBytes = max(s.limitBytes/2, batchBytesMin) }

// refused ends the link on headquarters' word.
func (s *Sender) refused(now time.Time, e Refused) []Act {
	if s.phase == waiting || s.phase == dialling {
		return nil
	}
	s.code, s.detail = e.Code, e.Detail
	if e.Code == wire.CodeFork {
		s.forked, s.shown = true, s.phase == showing
	}
	if e.Fatal {
		return s.settle(now, "refused: "+e.Code)
	}
	return s.hang(now, "refused: "+e.Code)
}

func (s *Sender) giveUp(now time.Time, code, detail string) []Act {
	if s.phase == waiting || s.phase == dialling {
		return nil
	}
	s.code, s.detail = code, detail
	return s.settle(now, code)
}

// hang ends the link, to dial again soon.
func (s *Sender) hang(now time.Time, reason string) []Act {
	s.wait(now, s.backoff())
	return []Act{Hang{reason}}
}

// settle ends the link over something that only people can change.
func (s *Sender) settle(now time.Time, reason string) []Act {
	s.wait(now, s.jitter(settleEvery))
	return []Act{Hang{reason}}
}

func (s *Sender) wait(now time.Time, d time.Duration) {
	if len(s.underWay) > 0 {
		s.shrink() // the line, or headquarters, could not take it
	}
	s.phase, s.due = waiting, now.Add(d)
	s.underWay, s.packing = nil, false
	s.setUp(now, false)
}

func (s *Sender) setUp(now time.Time, up bool) {
	if s.up != up || s.since.IsZero() {
		s.up, s.since = up, now
	}
}

func (s *Sender) backoff() time.Duration {
	d := dialFloor << min(s.failures, 7) // 128 s, past the ceiling
	s.failures++
	return s.jitter(min(d, s.ceiling))
}

// jitter draws from a continuous range, so that no two boxes, and no tick and crash, fall on the same instants.
func (s *Sender) jitter(d time.Duration) time.Duration {
	return d/2 + time.Duration(s.random.Float64()*float64(d))
}
