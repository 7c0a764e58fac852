package bundle

const (
	// partBytesMax bounds one file of a bundle: 2,000 lines of a log are 400 KiB.
	partBytesMax = 1 << 20

	// bytesMax bounds all of them together; packed, a bundle goes into a letter.
	bytesMax = 8 << 20
)
