package post

import "time"

const (
	// signTries is how often a letter is signed anew because another got its number first.
	signTries = 16

	// postedLook is how often it is looked at whether somebody has post. Nobody waits for a letter to that precision.
	postedLook = 200 * time.Millisecond

	// clerkLook is how often chains are looked at for news, clerkPause the pause after an error.
	clerkLook  = 500 * time.Millisecond
	clerkPause = 5 * time.Second

	// readMax bounds the records behind one act of the clerk: a minute of a busy centre, and a fraction of a second to read.
	readMax = 4096

	// quietMax is how many records without news are read before the office is told: a clerk that begins anew reads them
	// once more, 500 chains in some seconds.
	quietMax = 8192

	// newsMax bounds the returns and the questions in one act, as sync/office does.
	newsMax = 64

	// reportBytesMax bounds a diagnosis when decompressed, as the box does.
	reportBytesMax = 1 << 20
)
