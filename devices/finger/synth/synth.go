package synth

import (
	"math"
	"math/cmplx"
	"math/rand/v2"

	"markaz.example/devices/finger"
)

// How a finger touches the glass.
type How int

// From the press that one hopes for to the one that gives nothing.
const (
	Good  How = iota
	Wet       // a film of water hides most ridges
	Small     // only the tip
	Empty     // nothing but the glass
)

// Minutia is one ridge end or fork, in pixels of 500 dpi from the middle of the finger, y downwards.
type Minutia struct {
	X, Y float64
	Sign int // +1 or -1: which way the phase turns
}

// Finger is one finger of nobody.
type Finger struct {
	Minutiae []Minutia

	seed   uint64
	centre complex128 // of the waves
	bend   float64    // how much they are bent, in pixels
}

// New makes the finger of a seed.
func New(seed int64) Finger {
	r := rand.New(rand.NewPCG(uint64(seed), 0x66696e676572))
	f := Finger{seed: uint64(seed)}
	f.centre = complex(60*(r.Float64()-0.5), farMin+farSpan*r.Float64())
	f.bend = 8 * (r.Float64() - 0.5)
	for range triesMax {
		if len(f.Minutiae) == MinutiaeCount {
			break
		}
		f.plant(r)
	}
	return f
}

// plant tries one place.
func (f *Finger) plant(r *rand.Rand) {
	m := Minutia{X: padX * (2*r.Float64() - 1), Y: padY * (2*r.Float64() - 1), Sign: 1 - 2*r.IntN(2)}
	if oval(m.X, m.Y, 0.9) > 1 {
		return
	}
	for _, o := range f.Minutiae {
		if math.Hypot(m.X-o.X, m.Y-o.Y) < apart {
			return
		}
	}
	f.Minutiae = append(f.Minutiae, m)
}

// oval is below 1 inside the finger, whose axes are taken so many times as long.
func oval(x, y, scale float64) float64 {
	x, y = x/(padX*scale), y/(padY*scale)
	return x*x + y*y
}

// Shape is the sensor that a picture comes from.
type Shape struct{ Width, Height, DPI int }

// Picture is one impression of the finger; each number is another press of it. Dark ridges on a light ground.
func (f Finger) Picture(s Shape, impression uint64, how How) finger.Picture {
	r := rand.New(rand.NewPCG(f.seed, impression))
	shift := complex(shiftMax*(2*r.Float64()-1), shiftMax*(2*r.Float64()-1))
	turn := cmplx.Rect(1, turnMax*(2*r.Float64()-1))
	patches := cmplx.Rect(1, 2*math.Pi*r.Float64())
	middleOf := complex(float64(s.Width-1)/2, float64(s.Height-1)/2)
	scale := complex(DPI/float64(s.DPI), 0)
	p := finger.Picture{Width: s.Width, Height: s.Height, DPI: s.DPI, Pix: make([]byte, s.Width*s.Height)}
	for i := range p.Pix {
		at := complex(float64(i%s.Width), float64(i/s.Width))
		grey := f.grey(((at-middleOf)*scale-shift)*turn, how, patches)
		grey += noiseSpan * (r.Float64() + r.Float64() - 1)
		p.Pix[i] = byte(min(max(grey, 0), 255))
	}
	return p
}

// grey is the finger's, at a place in its own measures.
func (f Finger) grey(at complex128, how How, patches complex128) float64 {
	x, y := real(at), imag(at)
	size := 1.0
	if how == Small {
		size = tip
	}
	if how == Empty || oval(x, y, size) > 1 {
		return ground
	}
	grey := middle - swing*f.wave(at)
	if how != Wet {
		return grey
	}
	q := at * patches
	dry := math.Sin(real(q)*2*math.Pi/wetPatch) * math.Sin(imag(q)*2*math.Pi/wetPatch)
	hidden := wetDepth
	if dry > 0.8 {
		hidden = 0.2
	}
	return grey*(1-hidden) + wetGrey*hidden
}

// wave is the cosine of the phase: distance to the far centre, bent, plus or minus the angle to each minutia. Angles are
// added as directions are multiplied, which is a tenth of the price of so many arctangents; the product of 38 distances
// of at most 400 pixels stays below 1e99.
func (f Finger) wave(at complex128) float64 {
	away := cmplx.Abs(at-f.centre) + f.bend*math.Sin(real(at)/40)
	sin, cos := math.Sincos(2 * math.Pi / ridge * away)
	turns := complex(1, 0)
	for _, m := range f.Minutiae {
		turns *= complex(real(at)-m.X, float64(m.Sign)*(imag(at)-m.Y))
	}
	size := math.Hypot(real(turns), imag(turns))
	if size == 0 {
		return 0 // on a minutia all phases meet
	}
	return (cos*real(turns) - sin*imag(turns)) / size
}
