package uplink_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/faultnet"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
)

// What a thousand boxes may do to headquarters, whatever happened to all of them at once.
const (
	crowdBoxes      = 1000
	crowdDialsMax   = 200             // in any second
	crowdBackWithin = 5 * time.Minute // 99 of 100, once headquarters stays
	handshakesMax   = 64              // at once; the others wait: link.Limit
)

// crowd is a thousand Senders and one headquarters, as numbers: it is there or not, and takes so many handshakes at
// once, each as long as a line makes it.
type crowd struct {
	*faultnet.Agenda
	boxes   []*member
	there   bool
	boot    int // of headquarters
	shaking int
	queue   []func()

	dials    map[int64]int // by second
	shakers  int           // the most at once
	linked   int
	returned time.Time
	back     time.Duration // from the return until 99 of 100 were linked
}

type member struct {
	sender *uplink.Sender
	head   chain.Position
	turn   int // of the present dial or link
	waking int
	linked bool
}

func newCrowd(source func(i int) rand.Source) *crowd {
	c := &crowd{Agenda: faultnet.NewAgenda(1), dials: map[int64]int{}}
	for i := range crowdBoxes {
		in := chain.Incarnation{Centre: id.Centre(fmt.Sprintf("ISB-%02d", i%90+1))}
		m := &member{sender: uplink.NewSender(in, rand.New(source(i))), head: in.Start()}
		c.boxes = append(c.boxes, m)
	}
	return c
}

func (c *crowd) start(within time.Duration) {
	for _, m := range c.boxes {
		c.After(c.Within(within), func() { c.tell(m, uplink.Advanced{Head: m.head}) })
	}
}

func (c *crowd) tell(m *member, e uplink.Event) {
	for _, a := range m.sender.Step(c.Now(), e) {
		switch a.(type) {
		case uplink.Dial:
			c.dial(m)
		case uplink.Hang:
			c.lose(m)
		}
	}
	m.waking++
	waking := m.waking
	if at, ok := m.sender.Wake(); ok {
		c.At(at, func() {
			if m.waking == waking {
				c.tell(m, uplink.Tick{})
			}
		})
	}
}

func (c *crowd) dial(m *member) {
	c.dials[c.Now().Unix()]++
	m.turn++
	turn, boot := m.turn, c.boot
	if !c.there {
		c.After(20*time.Millisecond, func() { c.drop(m, turn) })
		return
	}
	c.queue = append(c.queue, func() { c.shake(m, turn, boot) })
	c.After(time.Minute, func() {
		if !m.linked {
			c.drop(m, turn) // the handshake took too long
		}
	})
	c.admit()
}

func (c *crowd) drop(m *member, turn int) {
	if m.turn == turn {
		c.lose(m)
		c.tell(m, uplink.Dropped{})
	}
}

func (c *crowd) lose(m *member) {
	m.turn++
	if m.linked {
		m.linked = false
		c.linked--
	}
}

func (c *crowd) admit() {
	for c.shaking < handshakesMax && len(c.queue) > 0 {
		next := c.queue[0]
		c.queue = c.queue[1:]
		c.shaking++
		c.shakers = max(c.shakers, c.shaking)
		next()
	}
}

// shake is a handshake: as long as four round trips of a line in the country.
func (c *crowd) shake(m *member, turn, boot int) {
	c.After(200*time.Millisecond+c.Within(2*time.Second), func() {
		if c.boot != boot {
			return
		}
		c.shaking--
		c.admit()
		if m.turn != turn {
			return
		}
		c.tell(m, uplink.Connected{})
		c.tell(m, uplink.Welcomed{
			Welcome: wire.Welcome{Version: 2, Held: m.head, Window: 8}, Ours: uplink.Ours{Hash: m.head.Hash, Known: true},
		})
		m.linked = true
		if c.linked++; c.linked == crowdBoxes*99/100 && c.back == 0 {
			c.back = c.Now().Sub(c.returned)
		}
	})
}

// appear and vanish are headquarters'. Every box sees the end at once.
func (c *crowd) appear() {
	c.there, c.returned, c.back = true, c.Now(), 0
}

func (c *crowd) vanish() {
	c.there, c.queue, c.shaking = false, nil, 0
	c.boot++
	for _, m := range c.boxes {
		if turn := m.turn; m.linked || turn > 0 {
			c.After(c.Within(50*time.Millisecond), func() { c.drop(m, turn) })
		}
	}
}

func (c *crowd) run(lasts time.Duration) {
	end := c.Now().Add(lasts)
	for c.Next(end) {
	}
	c.At(end, func() {})
	c.Next(end)
}

func (c *crowd) worst() (most int) {
	for _, n := range c.dials {
		most = max(most, n)
	}
	return most
}

// fates are what may happen to all boxes at one instant.
var fates = map[string]func(*crowd){
	"headquarters restarts": func(c *crowd) {
		c.vanish()
		c.run(5 * time.Second)
		c.appear()
	},
	"headquarters is away for an hour": func(c *crowd) {
		c.vanish()
		c.run(time.Hour)
		c.appear()
	},
	"headquarters is back for five seconds only": func(c *crowd) {
		c.vanish()
		for range 5 {
			c.run(10 * time.Minute)
			c.appear()
			c.run(5 * time.Second)
			c.vanish()
		}
		c.run(10 * time.Minute)
		c.appear()
	},
	"the power of a province returns": func(c *crowd) {
		c.vanish()
		for i, m := range c.boxes {
			m.turn++
			m.linked, m.sender = false, uplink.NewSender(chain.Incarnation{Centre: "ISB-01"}, rand.New(rand.NewPCG(uint64(i), 7)))
			m.waking++
		}
		c.linked = 0
		c.appear()
		c.start(time.Second)
	},
}

func (c *crowd) fault() error {
	switch {
	case c.worst() > crowdDialsMax:
		return fmt.Errorf("%d dials in one second, %d are allowed", c.worst(), crowdDialsMax)
	case c.back == 0 || c.back > crowdBackWithin:
		return fmt.Errorf("99 of 100 are back after %v, %v is allowed; %d are linked", c.back, crowdBackWithin, c.linked)
	}
	return nil
}

func playCrowd(fate func(*crowd), source func(int) rand.Source) *crowd {
	c := newCrowd(source)
	c.appear()
	c.start(10 * time.Minute)
	c.run(20 * time.Minute)
	clear(c.dials)
	fate(c)
	c.run(10 * time.Minute)
	return c
}

func TestAThousandBoxesReturn(t *testing.T) {
	for name, fate := range fates {
		t.Run(name, func(t *testing.T) {
			c := playCrowd(fate, func(i int) rand.Source { return rand.NewPCG(uint64(i), 99) })
			t.Logf("at most %d dials in a second, %d handshakes at once; 99 of 100 back after %v", c.worst(), c.shakers, c.back)
			if err := c.fault(); err != nil {
				t.Error(err)
			}
		})
	}
}

// steady makes every delay the same for all boxes.
type steady struct{}

func (steady) Uint64() uint64 { return 1 << 62 }

// Without jitter the bound does not hold: the simulation can see a stampede.
func TestWithoutJitterAThousandBoxesStampede(t *testing.T) {
	c := playCrowd(fates["headquarters is away for an hour"], func(int) rand.Source { return steady{} })
	if c.fault() == nil {
		t.Errorf("at most %d dials in a second", c.worst())
	}
}
