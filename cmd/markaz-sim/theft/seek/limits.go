package seek

const (
	// windowBytes is how much is looked at in one go. What lies across two windows is seen in the second, which begins
	// with the last bytes of the first.
	windowBytes = 1 << 18

	// formBytesMin is the shortest form that is looked for: six bytes come about by chance once in 280 million million places.
	formBytesMin = 6

	// streamBytesMax bounds what is unpacked from one place, and streamsMax how many places of a source are unpacked: two
	// bytes of a zlib header come about by chance every 10,000.
	streamBytesMax = 16 << 20
	streamsMax     = 200_000

	// depthMax is how many streams may lie in one another: a compressed log in a compressed backup in a diagnosis.
	depthMax = 3

	// prefixBytes begin every form and are looked up for each place.
	prefixBytes = 4
)
