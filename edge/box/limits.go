package box

import "time"

const (
	// printWait bounds one slip: it is composed in milliseconds, sent in at most 40 s at 9600 baud, and confirmed
	// within 10 s.
	printWait = 60 * time.Second

	// wantWait is how long a piece from a stick waits for its pack to be wanted: trying the one before takes less.
	wantWait = 5 * time.Second

	// configLook is how often a box without a configuration looks for one.
	configLook = 2 * time.Second

	// tellWait bounds the record that headquarters told us the time.
	tellWait = 10 * time.Second

	// takeWait bounds a decision about a letter, or a look at the ledger for headquarters.
	takeWait = 30 * time.Second

	// tailLines is how much of the log a diagnosis can tell: some hours of a quiet day.
	tailLines = 200

	// tailBytesMax bounds one line of it.
	tailBytesMax = 400

	// playMax bounds one announcement at a loudspeaker: the longest is a minute.
	playMax = 90 * time.Second

	// patienceMax bounds how people are called, in seconds or people: an hour, and no centre means more.
	patienceMax = 3600

	// activePacksMax bounds the packs that a beat tells of.
	activePacksMax = 16

	// orderBytesMax bounds an order of a backup: a passphrase and its name.
	orderBytesMax = 4 << 10

	// paceBytes and pacePause make a backup read 20 MiB a second at the most: a year's ledger in half a minute, a tenth of a
	// processor, and every commit of the floor finds the disk idle most of the time.
	paceBytes = 1 << 20
	pacePause = 50 * time.Millisecond

	// backupDays is how old the newest copy may be, where the configuration says nothing: the timer makes one each night, and a
	// week of them failed.
	backupDays = 7

	// backupLook is between two looks at that.
	backupLook = 10 * time.Minute
)
