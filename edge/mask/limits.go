package mask

const (
	// lineBytesMax bounds a line; what is longer is cut.
	lineBytesMax = 16 << 10

	// keyLinesMax is how many lines a key in PEM may have; RSA's longest have 60.
	keyLinesMax = 100
)
