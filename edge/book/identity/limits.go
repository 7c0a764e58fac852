package identity

const (
	// triesMax bounds the tries of one stop: ten fingers, three times each. A desk that went on would be a machine.
	triesMax = 30

	// wordBytesMax bounds codes, as in the other books.
	wordBytesMax = 32

	// deviceBytesMax bounds a reader's name, as a printer's.
	deviceBytesMax = 64

	// qualityMax is the best picture there is.
	qualityMax = 100

	// stopsMax is how many stops a visit can have; the book of visits has the same.
	stopsMax = 16
)
