package diagnosis

const (
	// ReportBytesMax bounds a report, compressed: a record has 64 KiB, and a line of 9.6 kbit/s takes 20 s for this.
	ReportBytesMax = 24 << 10

	// openMax is how many wishes wait for an answer; an older one is forgotten. People answer one, or none.
	openMax = 4

	// formatBytesMax bounds the name of the report's format.
	formatBytesMax = 32
)
