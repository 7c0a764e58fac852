package strongbox

const (
	keyBytes = 32

	// memoryKiB and passes of a passphrase's argon2id: 64 MiB and 0.3 s on a slow core, once at each start.
	memoryKiB = 64 * 1024
	passes    = 3
	saltBytes = 16

	// A lock comes from a disk, so it cannot ask for more than this: 256 MiB once, ten passes.
	memoryKiBMax = 256 * 1024
	passesMax    = 10

	// passphraseBytesMin is what a person can type daily and a thief with ten cards cannot search: four drawn words, or
	// sixteen characters that are none.
	passphraseBytesMin = 16
	passphraseBytesMax = 256

	// lockBytesMax bounds lock.json: two halves of a blob of 4 KiB in base64, and the rest.
	lockBytesMax = 1 << 14

	// codeBytes is a recovery code: 160 bits are searched by nobody, so that it needs no slow hash.
	codeBytes = 20
)
