package person

const (
	// wordBytesMax bounds codes, as in the other books.
	wordBytesMax = 32

	// codesMax bounds lists of codes: three doubts of a number, a twin, the number that is still to come, and room.
	codesMax = 8

	// whoBytesMax bounds the name of whoever agreed, as records bound actors.
	whoBytesMax = 64
)
