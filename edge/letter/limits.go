package letter

const (
	// BytesMax bounds a body: sync/wire carries no more.
	BytesMax = 16 << 10

	whatBytesMax   = 32  // of what is lent: "bed", "cash-2026-11-27"
	resultBytesMax = 32  // a code: "eligible"
	sourceBytesMax = 64  // who answered: "nser", "a person at headquarters"
	whoBytesMax    = 64  // who asks
	whyBytesMax    = 400 // a sentence or two in Urdu, of up to three bytes a letter

	// CountMax bounds one lease: a centre that needs more asks again.
	CountMax = 10_000

	// NumberMax bounds the numbers of a pool.
	NumberMax = 1_000_000
)
