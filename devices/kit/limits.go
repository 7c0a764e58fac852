package kit

import "time"

// lookEvery is how often a device that was just started is looked at for its first word, which takes it 0.1 s to 2 s.
const lookEvery = 20 * time.Millisecond
