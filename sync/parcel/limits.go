package parcel

import "markaz.example/sync/wire"

const (
	// itemBytesMax bounds one item of a parcel: the largest message, and the byte of its tag.
	itemBytesMax = wire.FrameBytesMax + 1

	// readBytes is how much of the ledger becomes one batch, as on a fast line.
	readBytes = wire.RawBytesMax

	// bufferBytes is read from a stick at once.
	bufferBytes = 64 << 10

	// headBytesMax bounds the first item: a name, two keys and a few numbers are under 300 bytes.
	headBytesMax = 1 << 10

	// recipientBytesMax bounds the address for the answer: "age1" and 58 letters today; a hybrid one would be longer, and
	// would take a version of its own.
	recipientBytesMax = 128

	// piecesMax bounds the pieces in an answer: 64 MiB of packs. What is left comes with the next.
	piecesMax = 256
)

// FileBytesMax bounds a parcel as a file: a year of a busy centre is 100 MB, and a FAT stick takes no file of 4 GiB.
const FileBytesMax = 2 << 30
