package health

const (
	// conditionsMax bounds the list. A centre has some 40 devices with up to five conditions each; a driver that makes
	// up codes must not fill the memory.
	conditionsMax = 256

	// detailBytesMax bounds a detail: two lines on a technician's screen.
	detailBytesMax = 200
)
