package lms

// Sex is as in WHO's figures. Without it there is no z-score.
type Sex uint8

// The sexes that have figures.
const (
	SexUnknown Sex = iota
	Male
	Female
)

// Position is how a length was taken.
type Position uint8

// Length is taken lying, height standing.
const (
	PositionUnknown Position = iota
	Lying
	Standing
)

// Oedema is whether both feet keep the pit of a thumb. Unknown counts as no in the arithmetic and is shown as unknown.
type Oedema uint8

// What was found.
const (
	OedemaUnknown Oedema = iota
	OedemaNo
	OedemaYes
)

// Child is what was measured of one child. Whatever is zero was not measured.
type Child struct {
	Sex         Sex
	Age         Age
	Weight      Mass
	Stature     Length // length or height, as it was read
	Position    Position
	Head        Length // circumference
	Arm         Length // mid-upper-arm circumference, MUAC
	Subscapular Length // skinfold
	Triceps     Length // skinfold
	Oedema      Oedema
}
