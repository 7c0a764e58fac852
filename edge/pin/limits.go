package pin

const (
	// Digits is how long a PIN is. With ten failures before an account is locked, one guess in 100,000 gets in.
	Digits = 6

	// memoryKiB and passes are the least that are still recommended for argon2id: 29 ms on a slow core.
	memoryKiB = 19 * 1024
	passes    = 2

	saltBytes = 16
	hashBytes = 32

	// A verifier comes from a ledger, so it cannot ask for more than this: 256 MiB once, or eight passes.
	memoryKiBMax = 256 * 1024
	passesMax    = 8

	// atOnce bounds the memory and the processor that people who sign in may take: 38 MiB, and one core of two stays
	// free for half a second even if everybody comes at nine.
	atOnce = 2

	// waitingMax bounds those who wait: 30 of them are served within half a second. One more is told that the box is busy.
	waitingMax = 30
)
