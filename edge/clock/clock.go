package clock

import (
	"fmt"
	"sync"
	"time"
)

// Grade is the degree of trust in a wall time. Higher is better.
type Grade uint8

const (
	Unset   Grade = iota // nobody has told us the time; the wall time is a floor plus the time since boot
	RTC                  // the system clock, and it is not before the floor
	Human                // a person typed it
	Network              // headquarters or a time server said so over an authenticated line, in this boot
)

var gradeNames = [...]string{"unset", "rtc", "human", "network"}

// GradeMax is the highest grade that this version knows.
const GradeMax = Network

func (g Grade) String() string {
	if int(g) < len(gradeNames) {
		return gradeNames[g]
	}
	return fmt.Sprintf("grade(%d)", uint8(g))
}

// Stamp is the time of a record.
type Stamp struct {
	Boot  uint64 // rises by one at each start of the box
	Mono  uint64 // milliseconds since that start; untouched by clock setting
	Wall  int64  // milliseconds since 1970 UTC, as then believed
	Grade Grade
}

// Time is the wall time in UTC. Look at Grade before relying on it.
func (s Stamp) Time() time.Time { return time.UnixMilli(s.Wall).UTC() }

// Source is what the operating system says: the wall time, and the time since some fixed instant of this boot.
type Source interface {
	Wall() time.Time
	Mono() time.Duration
}

// System is the machine's own Source.
func System() Source { return system{start: time.Now()} }

type system struct{ start time.Time }

func (s system) Wall() time.Time     { return time.Now() }
func (s system) Mono() time.Duration { return time.Since(s.start) }

// Clock is the time of one boot. Any goroutine may call it.
type Clock struct {
	source Source
	boot   uint64

	mu     sync.Mutex
	floor  Floor // guarded by mu
	grade  Grade // guarded by mu: of who told it; Unset until then
	offset int64 // guarded by mu: true wall milliseconds minus Mono, once told
}

// New begins a boot above a floor.
func New(source Source, boot uint64, floor Floor) *Clock {
	return &Clock{source: source, boot: boot, floor: floor}
}

// Now is the present as well as it is known.
func (c *Clock) Now() Stamp {
	c.mu.Lock()
	defer c.mu.Unlock()
	mono := c.source.Mono().Milliseconds()
	wall, grade := c.wall(mono)
	return Stamp{Boot: c.boot, Mono: uint64(mono), Wall: wall, Grade: grade}
}

// wall believes the system clock for as long as it shows a time that can be. Somebody may set it right, or wrong, while
// the box runs.
func (c *Clock) wall(mono int64) (int64, Grade) {
	if c.grade > RTC {
		return c.offset + mono, c.grade
	}
	if w := c.source.Wall().UnixMilli(); c.floor.allows(w, mono) {
		return max(w, c.floor.wall), RTC
	}
	return c.floor.wall + mono, Unset
}

// Tell takes the time from a source of the given grade. From then on the monotonic clock carries it, and later jumps of
// the system clock are ignored. It reports false, and changes nothing, when a better source spoke already, or when the
// time is before a floor that came from a better one.
func (c *Clock) Tell(t time.Time, g Grade) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if wall := t.UnixMilli(); g <= RTC || g < c.grade || !c.floor.yields(wall, g) {
		return false
	}
	c.offset, c.grade = t.UnixMilli()-c.source.Mono().Milliseconds(), g
	return true
}
