package lms

// Mass is a weight in milligrams, so that the mean of a scale's readings stays whole. Zero or less is not a measurement.
type Mass int32

// Gram and Kilogram make a Mass of what scales show.
const (
	Gram     Mass = 1000
	Kilogram      = 1000 * Gram
)

// Length is a length, a circumference or a fold in micrometres, so that the mean of readings stays whole.
// Zero or less is not a measurement.
type Length int32

// Millimetre and Centimetre make a Length of what boards and tapes show; tenth is the step of WHO's tables by length.
const (
	Millimetre Length = 1000
	Centimetre        = 10 * Millimetre
	tenth             = Millimetre
)

func (m Mass) kilograms() float64 { return float64(m) / float64(Kilogram) }

func (l Length) centimetres() float64 { return float64(l) / float64(Centimetre) }

func (l Length) millimetres() float64 { return float64(l) / float64(Millimetre) }

func (l Length) metres() float64 { return float64(l) / (100 * float64(Centimetre)) }
