package chart

// Drawing is a picture as a list of things to draw, in this order.
// Unit: dots of a print head, from the upper left corner.
type Drawing struct {
	Width, Height int
	Name          string // what it shows, for a screen reader; may be empty
	Areas         []Area // a screen only
	Lines         []Line
	Dots          []Dot
	Labels        []Label
}

// Point is a place in a drawing.
type Point struct{ X, Y float64 }

// Area is a filled outline. It is left out on paper: a grey of dots would drown the lines.
type Area struct {
	Class string // of the style sheet: "chart-normal"
	Edge  []Point
}

// Line goes through its points.
type Line struct {
	Class  string
	Points []Point
	Weight float64   // thickness
	Dash   []float64 // length of ink, of gap, and so on; none is a whole line
	Blank  bool      // takes away what lies below, so that what follows stands free
}

// Dot is a round mark. It stands free of what lies below.
type Dot struct {
	Class  string
	At     Point
	Radius float64
	Hollow bool // a ring of a third of the radius
}

// Anchor is which part of a label is at its place.
type Anchor uint8

// Where a label stands to its place. Its middle line is at the place's height.
const (
	Middle Anchor = iota
	Start
	End
)

// Label is a text. On paper only digits, signs and the point are drawn.
type Label struct {
	Class  string
	At     Point
	Anchor Anchor
	Size   float64 // height of a digit
	Text   string
	Screen bool // words, for a screen only
	RTL    bool // that are read from the right
}
