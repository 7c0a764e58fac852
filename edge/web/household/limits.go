package household

const (
	// shownSeconds is how long a person stands unmasked on a screen: long enough to compare a card, letter by letter.
	shownSeconds = 60

	// waitSeconds is when a page without its state tries again.
	waitSeconds = 3

	// typedBytesMax bounds what is shown again of a field: a name of 100 letters of four bytes.
	typedBytesMax = 400
)
