package uplink

import (
	"fmt"
	"time"

	"markaz.example/sync/wire"
)

// Mail decides what the box does with letters. It is a value with one method that matters: Step takes an event and the
// time, and gives what is to be done. It is not for several goroutines.
//
// Headquarters sends after what the box says it has, in order; the box takes one letter after the other, and says so
// when its effect is on disk. A letter that comes twice is passed over; a number that does not follow is, too: it comes
// again once the box has said how far it is.
type Mail struct {
	taken  uint64        // every letter up to here had its effect, and that is on disk
	queue  []wire.Letter // heard, in order, from taken+1
	up     bool
	taking bool      // a Take has not been answered
	again  time.Time // when to ask once more, after a letter could not be taken; zero when all is well
	fails  int       // letters that could not be taken, in a row
}

// NewMail begins after the newest letter whose effect is on disk.
func NewMail(taken uint64) *Mail { return &Mail{taken: taken} }

// MailEvent is what Mail is told: one of the types below.
type MailEvent interface{ mailEvent() }

type (
	// MailUp says that there is a link, greeted, to a headquarters that may have letters.
	MailUp struct{}
	// MailDown says that there is none.
	MailDown struct{}
	// Delivered is a letter from the link.
	Delivered struct{ Letter wire.Letter }
	// Taken answers Take: the effect is on disk. Err: it is not, and may be tried again.
	Taken struct {
		Number uint64
		Err    error
	}
	// MailTick says that Wake has come.
	MailTick struct{}
)

func (MailUp) mailEvent()    {}
func (MailDown) mailEvent()  {}
func (Delivered) mailEvent() {}
func (Taken) mailEvent()     {}
func (MailTick) mailEvent()  {}

// MailAct is what Mail wants done: one of the types below, in the order given.
type MailAct interface{ mailAct() }

type (
	// Take wants a letter's effect on disk. Taken answers.
	Take struct{ Letter wire.Letter }
	// SayReceived wants Received sent.
	SayReceived struct{ Number uint64 }
)

func (Take) mailAct()        {}
func (SayReceived) mailAct() {}

// Wake is when MailTick is next wanted; false when never.
func (m *Mail) Wake() (time.Time, bool) { return m.again, m.up && !m.again.IsZero() }

// Step takes one event at a time that never goes back, and gives what is to be done, in order.
func (m *Mail) Step(now time.Time, e MailEvent) []MailAct {
	switch e := e.(type) {
	case MailUp:
		m.up, m.queue, m.again = true, nil, time.Time{}
		return []MailAct{SayReceived{m.taken}}
	case MailDown:
		m.up, m.queue, m.again = false, nil, time.Time{}
		return nil
	case Delivered:
		return m.delivered(e.Letter)
	case Taken:
		return m.took(now, e)
	case MailTick:
		return m.tick(now)
	}
	panic(fmt.Sprintf("BUG: event %T", e))
}

func (m *Mail) delivered(l wire.Letter) []MailAct {
	if !m.up || l.Number != m.taken+uint64(len(m.queue))+1 || len(m.queue) >= lettersMax {
		return nil
	}
	m.queue = append(m.queue, l)
	return m.next()
}

// next takes the first letter of the queue, one at a time.
func (m *Mail) next() []MailAct {
	if m.taking || len(m.queue) == 0 || !m.again.IsZero() {
		return nil
	}
	m.taking = true
	return []MailAct{Take{m.queue[0]}}
}

func (m *Mail) took(now time.Time, e Taken) []MailAct {
	m.taking = false
	if e.Err != nil {
		m.queue, m.again = nil, now.Add(min(takeAgain<<min(m.fails, takeDoublings), takeAgainMax))
		m.fails++
		return nil
	}
	m.fails = 0
	m.taken = max(m.taken, e.Number)
	for len(m.queue) > 0 && m.queue[0].Number <= m.taken {
		m.queue = m.queue[1:]
	}
	if !m.up {
		return nil
	}
	return append([]MailAct{SayReceived{m.taken}}, m.next()...)
}

// tick asks for the letters anew. While one is being taken there is nothing to ask for.
func (m *Mail) tick(now time.Time) []MailAct {
	if wake, ok := m.Wake(); !ok || now.Before(wake) || m.taking {
		return nil
	}
	m.queue, m.again = nil, time.Time{}
	return []MailAct{SayReceived{m.taken}}
}
