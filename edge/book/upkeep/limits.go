package upkeep

const (
	// labelBytesMax bounds the label of a stick: FAT's have 11 letters, ext4's 16 bytes, exFAT's 15 letters of four.
	labelBytesMax = 64

	// hashBytes is SHA-256's.
	hashBytes = 32
)
