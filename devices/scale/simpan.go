package scale

import (
	"math"
	"math/rand/v2"
	"time"
)

// pan is the weighing part of a simulated scale: a platform on a spring, its zero and its tare. Sim's lock guards it.
type pan struct {
	division, capacity int64
	settle             time.Duration // time constant of the spring
	speed              float64
	random             *rand.Rand

	load, from int64     // in grams: what stands on it, and what it showed before that was put there
	moved      time.Time // when it was put there
	wriggle    bool
	drift      int64 // added by a warm or a dirty cell
	zero, tare int64 // subtracted
}

// look is what the display shows at one moment.
type look struct {
	grams  int64 // net, a multiple of the division
	status Status
}

func (p *pan) put(grams int64, now time.Time) {
	p.from, p.load, p.moved = p.swing(now), grams, now
}

// swing is the load as the spring has it now; within half a division of the end it rests.
func (p *pan) swing(now time.Time) int64 {
	age := math.Inf(1)
	if !math.IsInf(p.speed, 1) {
		age = float64(now.Sub(p.moved)) * p.speed / float64(p.settle)
	}
	left := int64(math.Round(float64(p.from-p.load) * math.Exp(-age)))
	if magnitude(left) <= p.division/2 {
		return p.load
	}
	return p.load + left
}

// look reads the display.
func (p *pan) look(now time.Time) look {
	w := p.swing(now)
	moving := p.wriggle || w != p.load
	if moving {
		w += p.random.Int64N(2*simWriggle+1) - simWriggle
	}
	w += p.drift
	gross := roundTo(w-p.zero, p.division)
	switch {
	case w > p.capacity+simOver*p.division:
		return look{status: Overload}
	case gross < -simUnder*p.division:
		return look{status: Underload}
	case moving:
		return look{gross - p.tare, Moving}
	}
	return look{gross - p.tare, OK}
}

// setZero makes the present load zero; false when it is more than scales allow, which is 2 % of the capacity.
// Source: OIML R 76-1, 4.5.1 allows 4 % in all.
func (p *pan) setZero(now time.Time) bool {
	w := p.swing(now) + p.drift
	if magnitude(w) > p.capacity/50 {
		return false
	}
	p.zero, p.tare = w, 0
	return true
}

// start is what a scale does when it is switched on: it waits for rest, then takes a small load for zero.
func (p *pan) start() {
	p.zero, p.tare = 0, 0
	if w := p.load + p.drift; magnitude(w) <= p.capacity/50 {
		p.zero = w
	}
}

// setTare makes the present load the container's; false for less than nothing.
func (p *pan) setTare(now time.Time) bool {
	gross := roundTo(p.swing(now)+p.drift-p.zero, p.division)
	if gross < 0 {
		return false
	}
	p.tare = gross
	return true
}

func roundTo(w, division int64) int64 {
	if w < 0 {
		return -roundTo(-w, division)
	}
	return (w + division/2) / division * division
}
