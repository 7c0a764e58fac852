package growth

const (
	// stopsMax is how many stops a visit can have; the book of visits has the same.
	stopsMax = 16

	// readingsMax bounds the readings of one thing: three, and three anew.
	readingsMax = 6

	// weightMaxG and lengthMaxMM bound a reading: no scale or board here carries or measures more.
	weightMaxG  = 300_000
	lengthMaxMM = 2_600

	// ageMaxDays is a hundred years; a woman's children are measured here, and nobody is turned away.
	ageMaxDays = 36_525

	// scoreMax is what edge/lms calls absurd, in hundredths.
	scoreMax = 1_000_000

	// instrumentsMax is one scale, board, height wall, tape and head tape, and room for a second of some; a name is bounded
	// as a printer's.
	instrumentsMax     = 8
	instrumentBytesMax = 64

	// figuresBytesMax bounds a version of figures: 16 letters, a hyphen, 8 digits.
	figuresBytesMax = 32

	// A woman's cut-off is a programme's; see edge/lms.
	cutOffMinMM = 180
	cutOffMaxMM = 260

	// rulesMax bounds what follows from a measurement: three classes of seven verdicts are 21.
	rulesMax = 64

	// seriesMax is how many measurements of one person are read: monthly for five years are 60.
	seriesMax = 200

	// visitMax is how many measurements of one visit are read: a family of nine, and as many again.
	visitMax = 32
)
