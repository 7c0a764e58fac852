package uplink

// The bounds on the box's memory.
const (
	FlightBytesMax = flightBytesMax
	MemoryBytesMax = memoryBytesMax
)
