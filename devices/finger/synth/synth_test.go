package synth

import (
	"bytes"
	"math"
	"math/cmplx"
	"testing"

	"markaz.example/devices/finger"
)

var module = Shape{256, 288, 500}

func TestSameSeedSameFinger(t *testing.T) {
	a, b := New(7).Picture(module, 1, Good), New(7).Picture(module, 1, Good)
	if !bytes.Equal(a.Pix, b.Pix) {
		t.Error("one press gave two pictures")
	}
	if c := New(7).Picture(module, 2, Good); bytes.Equal(a.Pix, c.Pix) {
		t.Error("two presses gave one picture")
	}
	if New(7).Minutiae[0] == New(8).Minutiae[0] {
		t.Error("two seeds gave one finger")
	}
}

func TestEverySeedHasAllMinutiae(t *testing.T) {
	for seed := range int64(200) {
		f := New(seed)
		if len(f.Minutiae) != MinutiaeCount {
			t.Errorf("seed %d: %d minutiae", seed, len(f.Minutiae))
		}
	}
}

// Around a minutia the phase turns once, anywhere else not at all: that is what makes it one end or fork.
func TestPlantedPointsAreTheOnlyOnes(t *testing.T) {
	f := New(3)
	turns := func(x, y float64) int {
		total, before := 0.0, 0.0
		for i := range 65 {
			angle := 2 * math.Pi * float64(i) / 64
			phase := 0.0
			for _, m := range f.Minutiae {
				phase += float64(m.Sign) * cmplx.Phase(complex(x+4*math.Cos(angle)-m.X, y+4*math.Sin(angle)-m.Y))
			}
			if i > 0 {
				total += math.Remainder(phase-before, 2*math.Pi)
			}
			before = phase
		}
		return int(math.Round(total / (2 * math.Pi)))
	}
	for _, m := range f.Minutiae {
		if got := turns(m.X, m.Y); got != m.Sign {
			t.Errorf("at %v the phase turns %d times", m, got)
		}
		if got := turns(m.X+12, m.Y); got != 0 {
			t.Errorf("beside %v the phase turns %d times", m, got)
		}
	}
}

func TestQualityTellsThePressesApart(t *testing.T) {
	for _, s := range []Shape{module, {256, 288, 508}, {192, 192, 508}, {384, 290, 512}} {
		for seed := range int64(3) {
			f := New(seed)
			q := func(how How) int {
				p := f.Picture(s, uint64(seed), how)
				return finger.Quality(p)
			}
			if got := q(Good); got < 90 {
				t.Errorf("%v, seed %d: a good press has quality %d", s, seed, got)
			}
			if got := q(Wet); got > 20 {
				t.Errorf("%v, seed %d: a wet press has quality %d", s, seed, got)
			}
			if got := q(Small); got > 55 {
				t.Errorf("%v, seed %d: a tip has quality %d", s, seed, got)
			}
			if got := q(Empty); got != 0 {
				t.Errorf("%v, seed %d: nothing has quality %d", s, seed, got)
			}
		}
	}
}

func BenchmarkPicture(b *testing.B) {
	f := New(1)
	for b.Loop() {
		f.Picture(module, 1, Good)
	}
}

func BenchmarkQuality(b *testing.B) {
	p := New(1).Picture(module, 1, Good)
	for b.Loop() {
		finger.Quality(p)
	}
}
