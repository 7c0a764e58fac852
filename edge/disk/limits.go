package disk

import "time"

const (
	// BallastBytes is what a store keeps back: two steps by which bbolt grows a file, so 30,000 records of 500 bytes with
	// their views, which is two days of a busy centre.
	BallastBytes = 32 << 20

	// ScarceBytes is the free room below which what is large is refused: a pack is 8 MiB at the most, a day of a busy centre
	// 16 MiB, and a person needs a day to come.
	ScarceBytes = 64 << 20

	// growBytes is how bbolt grows a file: its default AllocSize.
	growBytes = 16 << 20

	// reserveBytes stays on the volume for what is no store: witnesses, keys, sockets, a log.
	reserveBytes = 4 << 20

	// zeroBytes is how much is written at once where a file system cannot allocate.
	zeroBytes = 1 << 20
)

const (
	// liesBelow is the median of fdatasync below which a drive cannot have written anything. A plain SSD takes 200 µs to
	// 3 ms, an SD card 5 to 50 ms, a spinning disk 8 ms. Drives whose cache survives a power cut, with capacitors or a
	// battery, are this fast and honest: a person says so.
	liesBelow = 50 * time.Microsecond

	// JudgedFrom is how many syncs are measured before a drive is judged.
	JudgedFrom = 32

	// bucketsMax bounds a histogram: powers of two of a microsecond, up to 134 s.
	bucketsMax = 28
)
