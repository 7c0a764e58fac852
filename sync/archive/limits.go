package archive

const (
	// mmapInitial is address space, not memory: growing the map later would block readers. 4 GiB is 80 million records
	// at 50 bytes.
	mmapInitial = 4 << 30

	// batchFill packs pages full: a chain's keys only rise, so a page is never split in the middle.
	batchFill = 0.99

	// forksMax bounds the branches kept of one chain. A restored backup makes one; whoever makes 64 is not helped by
	// keeping the 65th, and must not fill the disk: 64 batches of 1 MiB are 64 MiB a centre at the very worst.
	forksMax = 64

	// incarnationsMax bounds the chains of one centre. A box replaced every month for 20 years makes 240.
	incarnationsMax = 256

	// progressEvery is how many batches pass between two calls of Progress: some 20 ms of work.
	progressEvery = 32
)
