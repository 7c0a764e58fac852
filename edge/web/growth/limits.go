package growth

const (
	// waitSeconds is when a page without its state tries again.
	waitSeconds = 3

	// typedBytesMax bounds what is shown again of a field: twelve digits of three bytes and a mark.
	typedBytesMax = 40

	// curveDots is the width that a curve is drawn for; the page fits it to the screen.
	curveDots = 640
)
