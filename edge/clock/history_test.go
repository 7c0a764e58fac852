package clock_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"markaz.example/edge/clock"
)

// histories is how many are drawn: all of them in every run, which takes a second or two.
const histories = 20_000

// machine is a box's hardware: the true time, which nobody on it knows, the system clock, and the counter of a boot.
type machine struct {
	truth int64 // milliseconds since 1970
	mono  int64
	ahead int64 // of the system clock
}

func (m *machine) Wall() time.Time     { return time.UnixMilli(m.truth + m.ahead) }
func (m *machine) Mono() time.Duration { return time.Duration(m.mono) * time.Millisecond }

func (m *machine) pass(ms int64) { m.truth, m.mono = m.truth+ms, m.mono+ms }

// stamped is a stamp with the moment at which it was truly made.
type stamped struct {
	clock.Stamp
	truth int64
}

// history is a box's life as its chain keeps it.
type history struct {
	*rand.Rand
	machine
	floor  clock.Floor
	stamps []stamped
	told   []clock.Told
	told3  map[uint64]bool // boots that headquarters told the time
}

// wrongs are what system clocks show: the truth, the beginning of time, the ends of 32 bits, hours and years off.
func (h *history) wrong() int64 {
	const hour, year = int64(time.Hour / time.Millisecond), int64(365 * 24 * time.Hour / time.Millisecond)
	return []int64{
		0, -h.truth, int64(1)<<31*1000 - h.truth, int64(1)<<32*1000 - h.truth,
		h.Int64N(6*hour) - 3*hour, h.Int64N(8*year) - 4*year,
	}[h.IntN(6)]
}

func live(seed uint64) *history {
	h := &history{Rand: rand.New(rand.NewPCG(seed, 5)), told3: map[uint64]bool{}}
	h.truth = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC).UnixMilli() + h.Int64N(1e11)
	h.floor = clock.Past(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	for boot := range uint64(1 + h.IntN(5)) {
		h.boot(boot + 1)
	}
	return h
}

func (h *history) boot(n uint64) {
	h.truth += h.Int64N(1e10) // off for up to four months
	h.mono, h.ahead = 0, h.wrong()
	c := clock.New(&h.machine, n, h.floor)
	h.keep(c)
	for range 2 + h.IntN(14) {
		h.pass(h.Int64N(4 * 3600 * 1000))
		switch h.IntN(6) {
		case 0:
			h.ahead = h.wrong()
		case 1:
			h.tell(c, h.truth, clock.Network)
		case 2:
			h.tell(c, h.truth+h.Int64N(4e6)-2e6, clock.Human) // somebody's watch
		}
		h.keep(c)
	}
}

func (h *history) keep(c *clock.Clock) {
	s := c.Now()
	h.floor.Seen(s)
	h.stamps = append(h.stamps, stamped{s, h.truth})
}

func (h *history) tell(c *clock.Clock, wall int64, g clock.Grade) {
	if !c.Tell(time.UnixMilli(wall), g) {
		return
	}
	s := c.Now()
	h.told = append(h.told, clock.Told{Boot: s.Boot, Mono: s.Mono, Wall: s.Wall, Grade: g})
	h.floor.Told(s.Wall, g)
	if g == clock.Network {
		h.told3[s.Boot] = true
	}
}

// Whatever the clocks showed, every stamp of a boot that headquarters told the time is placed to the millisecond, and the
// time that headquarters tells is never refused. Two ways that look as good are not: going by a stamp's own wall time, and
// by an ordinary stamp of the boot instead of what was told.
func TestHistories(t *testing.T) {
	var placed int
	var worst, own, ordinary int64
	for seed := range uint64(histories) {
		h := live(seed)
		var p, naive clock.Placer
		for _, told := range h.told {
			p.Add(told)
		}
		for i := len(h.stamps) - 1; i >= 0; i-- { // the newest first, as one who has only the end of a boot would
			s := h.stamps[i]
			naive.Add(clock.Told{Boot: s.Boot, Mono: s.Mono, Wall: s.Wall, Grade: clock.Network})
		}
		for _, s := range h.stamps {
			if !h.told3[s.Boot] {
				continue
			}
			at, exact := p.Place(s.Stamp)
			if !exact {
				t.Fatalf("seed %d: a stamp of boot %d is not placed", seed, s.Boot)
			}
			by, _ := naive.Place(s.Stamp)
			placed++
			worst, own, ordinary = max(worst, off(at, s.truth)), max(own, off(s.Wall, s.truth)), max(ordinary, off(by, s.truth))
		}
	}
	t.Logf("%d histories, %d stamps placed, worst error %d ms; by their own wall %v, by an ordinary stamp %v", histories, placed,
		worst, time.Duration(own)*time.Millisecond, time.Duration(ordinary)*time.Millisecond)
	const hour = int64(time.Hour / time.Millisecond)
	if worst != 0 || placed < 10*histories {
		t.Errorf("worst error %d ms of %d stamps, want 0 of at least %d", worst, placed, 10*histories)
	}
	if own < hour || ordinary < hour {
		t.Errorf("the controls are as good: own wall %d ms off, ordinary stamp %d ms", own, ordinary)
	}
}

func off(a, b int64) int64 { return max(a-b, b-a) }
