package post

const (
	// kindBytesMax bounds a letter's kind, as sync/wire does.
	kindBytesMax = 64

	// fateBytesMax bounds a code; the longest is 11.
	fateBytesMax = 32
)
