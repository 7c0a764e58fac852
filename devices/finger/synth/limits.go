package synth

import "math"

const (
	// DPI is the resolution that a finger's own measures are in; a picture may have another.
	DPI = 500

	// MinutiaeCount is how many ends and forks a finger has: a good plain impression shows 20 to 80.
	MinutiaeCount = 38

	// apart is the least distance of two of them, in pixels of 500 dpi: nearer ones blur into a scar.
	apart = 24

	// ridge is the distance from one ridge to the next, in pixels of 500 dpi: 0.46 mm, an adult's.
	ridge = 9.0

	// padX and padY are the half axes of the oval that touches the glass, in pixels of 500 dpi: 12.2 by 14.2 mm.
	padX, padY = 120.0, 140.0

	// tip is what is left of both half axes when only the tip touches: a fifth of the area.
	tip = 0.45

	// farMin and farSpan place the centre of the waves: 220 to 320 pixels below the middle, so that ridges are arches.
	farMin, farSpan = 220.0, 100.0

	// shiftMax and turnMax bound how one press differs from the next: 0.6 mm and 7 degrees.
	shiftMax, turnMax = 12.0, 7 * math.Pi / 180

	// swing is the contrast of ridges about the middle grey; ground is the glass without a finger.
	swing, middle, ground = 100.0, 128.0, 225.0

	// noiseSpan is the sensor's noise, in greys, at its most.
	noiseSpan = 12.0

	// wetGrey is what a film of water looks like; wetDepth is how much of the ridges it hides, and it spares patches of
	// wetPatch pixels.
	wetGrey, wetDepth, wetPatch = 40.0, 0.93, 90.0

	// triesMax bounds the search for room for a point: 38 discs of 24 pixels fill a quarter of the oval, so one try in
	// two succeeds even at the end.
	triesMax = 10_000
)
