package lease

import "time"

const (
	// Margin is how long after its end a lease goes back: longer than two clocks that headquarters set differ.
	Margin = 10 * time.Minute

	// returnsMax bounds the leases that one decision gives back; the next gives back more.
	returnsMax = 64

	// drawnKept is how many draws the view holds, the newest: a desk looks at those of the visit before it.
	drawnKept = 200
)
