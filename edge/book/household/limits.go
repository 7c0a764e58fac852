package household

const (
	// wordBytesMax bounds codes, as in the other books.
	wordBytesMax = 32

	// membersMax bounds a household. The largest of the registry's surveys are some thirty people.
	membersMax = 40
)
