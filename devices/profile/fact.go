package profile

// Fact is one thing that a device says of itself when it is asked, for a technician to read.
type Fact struct {
	Key   string // plain words: "model", "paper"
	Value string // printable, as the device says it or in plain words
}
