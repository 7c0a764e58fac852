package finger

import (
	"math"
	"math/rand/v2"
	"testing"
)

// painted is a picture of 500 dpi.
func painted(grey func(x, y int) float64) Picture {
	p := Picture{Width: 256, Height: 288, DPI: 500, Pix: make([]byte, 256*288)}
	for i := range p.Pix {
		p.Pix[i] = byte(min(max(grey(i%p.Width, i/p.Width), 0), 255))
	}
	return p
}

func stripes(swing float64) func(x, y int) float64 {
	return func(x, y int) float64 { return 128 + swing*math.Cos(2*math.Pi/9*(float64(x)+float64(y)/2)) }
}

func TestQuality(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, c := range []struct {
		name      string
		p         Picture
		low, high int
	}{
		{"clear", painted(stripes(100)), 95, 100},
		{"faint", painted(stripes(40)), 35, 45},
		{"hardly there", painted(stripes(20)), 0, 0},
		{"lost in black and white", painted(stripes(5000)), 0, 30},
		{"left half only", painted(func(x, y int) float64 {
			if x > 128 {
				return 225
			}
			return stripes(100)(x, y)
		}), 60, 90},
		{"white", painted(func(x, y int) float64 { return 255 }), 0, 0},
		{"noise of a sensor", painted(func(x, y int) float64 { return 200 + 40*r.Float64() }), 0, 0},
		{"one edge", painted(func(x, y int) float64 { return float64(x/128) * 200 }), 0, 0},
		{"no picture", Picture{}, 0, 0},
		{"less than it says", Picture{Width: 256, Height: 288, DPI: 500, Pix: make([]byte, 10)}, 0, 0},
	} {
		if got := Quality(c.p); got < c.low || got > c.high {
			t.Errorf("%s: %d, want %d to %d", c.name, got, c.low, c.high)
		}
	}
}

func FuzzQuality(f *testing.F) {
	f.Add(20, 30, 500, []byte("any bytes as greys"))
	f.Fuzz(func(t *testing.T, width, height, dpi int, seed []byte) {
		p := Picture{Width: width, Height: height, DPI: dpi, Pix: seed}
		if len(seed) > 0 && width > 0 && height > 0 && width < 300 && height < 300 {
			p.Pix = make([]byte, width*height)
			for i := range p.Pix {
				p.Pix[i] = seed[i%len(seed)]
			}
		}
		if q := Quality(p); q < 0 || q > 100 {
			t.Errorf("quality %d", q)
		}
	})
}
