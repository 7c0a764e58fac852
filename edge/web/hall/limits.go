package hall

import "time"

const (
	// waitSeconds is when a screen without its state tries again.
	waitSeconds = 3

	// noticeEvery is how long a notice is shown: twenty words are read slowly in ten seconds.
	noticeEvery = 12 * time.Second

	// earlierMax is how many calls stay in view beside the newest: six in all.
	earlierMax = 5

	// saidMax is how many announcements are shown at once, one below the other.
	saidMax = 2
)
