package drive

const (
	// sector is what a drive writes whole or not at all.
	sector = 512

	// requestBytes bounds one request. QEMU sends at most 32 MiB to a server that names no limit.
	requestBytes = 32 << 20

	// optionBytes bounds the data of one option; a name of an export has at most 4096 bytes.
	optionBytes = 1 << 16

	// options bounds how many a client haggles about; QEMU asks for three.
	options = 32
)
