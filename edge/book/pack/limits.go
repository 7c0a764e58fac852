package pack

const (
	// nameBytesMax bounds a pack's name, as edge/pack does; it is the subject of the records.
	nameBytesMax = 32

	// reasonBytesMax bounds a code.
	reasonBytesMax = 32

	// detailBytesMax bounds what a technician is told of a refusal: a line.
	detailBytesMax = 200

	// digestBytes is a SHA-256.
	digestBytes = 32
)
