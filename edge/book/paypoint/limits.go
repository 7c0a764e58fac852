package paypoint

const (
	// terminalBytesMax bounds a terminal's name: it is the subject of the record, which has no more.
	terminalBytesMax = 64

	// wordBytesMax bounds everything else, which are codes.
	wordBytesMax = 32
)
