package reading

const (
	// stopsMax is how many stops a visit can have; the book of visits has the same.
	stopsMax = 16

	// rawMax bounds the readings behind one value: a mother with her child and alone, each three times.
	rawMax = 6

	// deviceBytesMax bounds an instrument's name, as a printer's.
	deviceBytesMax = 64

	// textBytesMax bounds what a scale said, as it said it: "S S      4.250 kg" has 18 bytes.
	textBytesMax = 64

	// keptMax bounds what the view keeps of a visit: five kinds of two people, and as many corrections.
	keptMax = 20

	// valueMax bounds a value: 300 kg in grams, which is more than any scale here carries and any person is long.
	valueMax = 300_000
)
