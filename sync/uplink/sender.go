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

	line     line
	window   int
	next     chain.Position // the next batch begins after this
	underWay []flight       // sent, not acknowledged, in order
	packing  bool           // a Send has not been answered
	greeted  time.Time      // when Hello was sent
	sent     time.Time      // when the newest batch was
	beat     time.Time      // when the newest beat was
	stirred  bool           // a beat has something new to tell

	version uint // of the link's protocol
	search  search
	shelf   shelf
	forked  bool
	shown   bool // headquarters, of version 1, has set our branch aside
	common  chain.Position
	code    string
	detail  string
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

// NewSender begins without a link, to dial within dialFloor. The random source makes the jitter and nothing else.
func NewSender(in chain.Incarnation, random *rand.Rand) *Sender {
	s := in.Start()
	return &Sender{start: s, random: random, ceiling: dialCeiling, head: s, confirmed: s, common: s}
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
		return s.advanced(now, e)
	case Remembered:
		s.confirmed = e.Held
		return nil
	case Stirred:
		s.stirred = true
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
	if s.phase != streaming {
		return s.due, s.phase != dialling
	}
	wake := s.beatDue()
	if len(s.underWay) > 0 && s.due.Before(wake) {
		wake = s.due
	}
	if at, ok := s.lonelyDue(); ok && at.Before(wake) {
		wake = at
	}
	return wake, true
}

func (s *Sender) beatDue() time.Time {
	if s.stirred {
		return s.beat.Add(beatSoon)
	}
	return s.beat.Add(beatEvery)
}

// lonelyDue is when records that wait for company have waited long enough.
func (s *Sender) lonelyDue() (time.Time, bool) {
	waits := len(s.underWay) > 0 && s.pending() > 0 && s.pending() < lonely
	return s.sent.Add(lonelyMax), waits && !s.packing && len(s.underWay) < s.window && s.line.room()
}

// State is how the road stands.
func (s *Sender) State() State {
	return State{
		Up: s.up, Since: s.since, Head: s.head, Held: s.confirmed, Behind: s.head.Seq - min(s.head.Seq, s.confirmed.Seq),
		Kept: s.shelf.at.Seq, Forked: s.forked, Common: s.common, Code: s.code, Detail: s.detail,
	}
}

func (s *Sender) advanced(now time.Time, e Advanced) []Act {
	if e.Head.Seq > s.head.Seq {
		s.head = e.Head
	}
	return s.pump(now)
}

func (s *Sender) tick(now time.Time) []Act {
	if wake, ok := s.Wake(); !ok || now.Before(wake) {
		return nil
	}
	switch {
	case s.phase == waiting && s.due.IsZero():
		s.due = now.Add(s.spread()) // boxes start together when their power returns
		return nil
	case s.phase == waiting:
		s.phase = dialling
		return []Act{Dial{}}
	case s.phase != streaming, len(s.underWay) > 0 && !now.Before(s.due):
		s.code, s.detail = CodeNoAnswer, "headquarters is connected and does not answer; look at its page"
		return s.hang(now, "no answer")
	case !now.Before(s.beatDue()):
		return append(s.sayHow(now), s.pump(now)...)
	}
	return s.pump(now)
}

// sayHow beats, which also keeps the link alive.
func (s *Sender) sayHow(now time.Time) []Act {
	s.beat, s.stirred = now, false
	return []Act{Beat{s.head}}
}

func (s *Sender) connected(now time.Time) []Act {
	if s.phase != dialling {
		return nil
	}
	s.phase, s.due, s.greeted = greeting, now.Add(answerMax), now
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
	acts := []Act{Tell{time.UnixMilli(e.Wall)}}
	if e.Unsigned {
		acts = nil
	}
	switch {
	case e.Held.Seq > s.head.Seq:
		return append(acts, s.diverged(now, e.Held.Seq, s.head.Seq+1)...)
	case !e.Ours.Known:
		return append(acts, s.behind(now, e.Held.Seq)...)
	case !e.Ours.Is(e.Held.Hash):
		return append(acts, s.diverged(now, e.Held.Seq, e.Held.Seq)...)
	}
	s.stream(now, e)
	acts = append(append(acts, Confirm{e.Held}), s.sayHow(now)...)
	return append(acts, s.pump(now)...)
}

func (s *Sender) stream(now time.Time, e Welcomed) {
	s.phase, s.window = streaming, int(e.Window)
	s.next, s.confirmed = e.Held, e.Held
	s.forked, s.common, s.shown = false, s.start, false
	s.code, s.detail = "", ""
	if e.Unsigned {
		s.code, s.detail = CodeTime, "the time told by headquarters is not signed by the key this box was enrolled with; "+
			"the box keeps its own time, and records go on being sent"
	}
	s.line = newLine(now, now.Sub(s.greeted))
	if s.head == e.Held {
		s.failures = 0
	}
}

func (s *Sender) pending() uint64 { return s.head.Seq - min(s.head.Seq, s.next.Seq) }

// pump sends while there is something worth a batch and room for it: in headquarters' window and on the line.
func (s *Sender) pump(now time.Time) []Act {
	switch {
	case s.phase != streaming, s.packing, s.pending() == 0, len(s.underWay) >= s.window, !s.line.room():
		return nil
	case len(s.underWay) > 0 && s.pending() < lonely && now.Before(s.sent.Add(lonelyMax)):
		return nil
	}
	s.packing = true
	return []Act{Send{After: s.next, UpTo: s.head.Seq, LimitBytes: s.line.batch()}}
}

func (s *Sender) packed(now time.Time, e Packed) []Act {
	s.packing, s.sent = false, now
	if s.phase == streaming {
		s.next = e.Last
		s.underWay = append(s.underWay, s.line.sent(now, e.Last.Seq, e, s.pending() > 0))
		if len(s.underWay) == 1 {
			s.due = now.Add(s.line.patience())
		}
	}
	return s.pump(now)
}

func (s *Sender) acked(now time.Time, e Acked) []Act {
	switch {
	case s.phase != streaming || e.Held.Seq <= s.confirmed.Seq:
		return nil
	case e.Held.Seq > s.head.Seq || !e.Ours.Is(e.Held.Hash):
		return s.hang(now, "headquarters acknowledged what this chain does not have") // the next greeting compares histories
	}
	s.confirmed, s.failures = e.Held, 0
	for len(s.underWay) > 0 && s.underWay[0].last <= e.Held.Seq {
		s.line.arrived(now, s.underWay[0])
		s.underWay = s.underWay[1:]
	}
	s.due = now.Add(s.line.patience())
	if s.next.Seq < e.Held.Seq {
		s.next = e.Held // an older link's batch was committed late
	}
	return append([]Act{Confirm{e.Held}}, s.pump(now)...)
}

// refused ends the link on headquarters' word.
func (s *Sender) refused(now time.Time, e Refused) []Act {
	if s.phase == waiting || s.phase == dialling {
		return nil
	}
	if e.Fatal || s.code != wire.CodeSettled { // that is still so when headquarters is busy
		s.code, s.detail = e.Code, e.Detail
	}
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
	s.failures++
	if s.failures == 1 {
		return s.spread()
	}
	return s.jitter(min(dialFloor<<min(s.failures-2, 5), s.ceiling)) // 320 s, past the ceiling
}

// spread draws the first delay of all those to whom the same thing happened.
func (s *Sender) spread() time.Duration {
	return time.Duration(s.random.Float64() * float64(min(dialFloor, s.ceiling)))
}

// jitter draws from a continuous range, so that no two boxes, and no tick and crash, fall on the same instants.
func (s *Sender) jitter(d time.Duration) time.Duration {
	return d/2 + time.Duration(s.random.Float64()*float64(d))
}
