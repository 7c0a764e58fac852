package scale

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// was is what stood on the pan, and since when.
type was struct {
	grams int64
	at    time.Time
}

func (w was) String() string { return fmt.Sprintf("%d g since %v", w.grams, w.at.Format("05.000")) }

// lag is how old a believed weight may be: what a slow scale is given for its answer, and the line's own time.
const lag = answerMax + 500*time.Millisecond

// Whatever happens to the scale and its line, in any order: a weight that is believed stood on the pan within the lag.
// The control: weights that did not are among those that the driver did not believe.
func TestNothingIsBelievedThatWasNotThere(t *testing.T) {
	believed, passed := 0, 0
	for seed := range uint64(8) {
		everyDialect(t, func(d desk) {
			random := rand.New(rand.NewPCG(seed, uint64(len(d.d.Profile.Protocol))))
			history := []was{{0, time.Now().Add(-time.Minute)}}
			for range 40 {
				history = disturb(d.sim, random, history)
				for _, r := range d.see(time.Duration(random.IntN(4000)) * time.Millisecond) {
					there := stood(history, r)
					switch {
					case r.Stable && !there:
						d.Fatalf("seed %d: %+v was believed; the pan had %+v", seed, r, history[max(0, len(history)-3):])
					case r.Stable:
						believed++
					case r.Status.weighs() && !there:
						passed++
					}
				}
			}
		})
	}
	if believed < 1000 || passed < 1000 {
		t.Errorf("%d weights were believed and %d wrong ones were not: this test shows too little", believed, passed)
	}
}

// disturb does one thing to the scale, or to its line.
func disturb(s *Sim, random *rand.Rand, history []was) []was {
	on := random.IntN(3) == 0
	switch random.IntN(11) {
	case 0, 1, 2, 3:
		next := was{grams: []int64{0, 1500, 1510, 4250, 7320, 19_990}[random.IntN(6)], at: time.Now()}
		s.Put(next.grams)
		return append(history, next)
	case 4:
		s.Wriggle(on)
	case 5:
		s.CutPower(random.IntN(40))
	case 6:
		s.SetPower(true)
	case 7:
		s.Split(time.Duration(random.IntN(120)) * time.Millisecond)
	case 8:
		s.Garble([]byte("\xff\x00 9.99 kg\r\nS S ")[:random.IntN(17)])
	case 9:
		s.Slow(time.Duration(random.IntN(900)) * time.Millisecond)
	case 10:
		s.Busy(on)
		s.Join(random.IntN(4))
		s.Halve(on && random.IntN(3) == 0)
	}
	return history
}

// stood reports whether the pan had that load at the reading's time or up to the lag before it.
func stood(history []was, r Reading) bool {
	end := r.At
	for i := len(history) - 1; i >= 0; i-- {
		if history[i].at.After(r.At) {
			continue
		}
		if history[i].grams == r.Grams && r.At.Sub(end) < lag {
			return true
		}
		end = history[i].at
	}
	return false
}
