package backup

const (
	// prefaceBytes is the readable beginning of a file. Its lines are under 300 bytes.
	prefaceBytes = 512

	// FileBytesMax bounds a backup as a file: a FAT stick takes no file of 4 GiB. A ledger of ten years of a busy centre is a
	// tenth of it.
	FileBytesMax = 4<<30 - 1

	// unpackedBytesMax bounds what a backup opens to: a ledger is half free pages at the worst, and compresses to a tenth when
	// its pages are empty, so eight of the largest file, and no bomb fills a disk behind that.
	unpackedBytesMax = 32 << 30

	// headBytesMax bounds the manifest, the sums and the signature, which are read into memory: under 2 KiB each.
	headBytesMax = 64 << 10

	// overheadBytes is what manifest, sums, signature, tar's blocks and age's tags add, at the most, to an
	// archive of which nothing could be compressed: age adds 16 bytes to each 64 KiB, and that is taken from what pages compress to.
	overheadBytes = 1 << 20

	// windowBytes is how far the compression looks back. A reader needs as much memory.
	windowBytes = 1 << 20

	// decoderBytesMax is the memory that a reader gives the decompressor.
	decoderBytesMax = 8 << 20

	// passphraseMin is in characters: four words, or what a notebook page holds. Shorter ones are searched in a thief's year.
	passphraseMin = 16

	// scryptWork is the power of two that a passphrase costs: a second, and 256 MiB, for each guess.
	scryptWork = 18

	// scryptWorkMax is the most that a reader lets a file ask of it.
	scryptWorkMax = 20
)
