package check

const (
	// provisionalBytesMax bounds a code: "go-on".
	provisionalBytesMax = 32

	// answeredKept is how many answered questions the view holds, the newest: a busy day asks fewer.
	answeredKept = 200
)
