package archive

import "markaz.example/sync/wire"

const (
	// mmapInitial is address space, not memory: growing the map later would block readers. 4 GiB is 80 million records
	// at 50 bytes.
	mmapInitial = 4 << 30

	// batchFill packs pages full: a chain's keys only rise, so a page is never split in the middle.
	batchFill = 0.99

	// branchesMax bounds the branches kept of one chain. A restored backup makes one; whoever makes 64 is not helped by
	// keeping the 65th.
	branchesMax = 64

	// branchBytesMax bounds a branch, as stored. A cloned disk may live for months unnoticed: 15,000 records a day of 50
	// bytes are 270 MB a year. What is past it stays at the box, which forgets nothing of a branch.
	branchBytesMax = 512 << 20

	// settlementsMax bounds the settlements of a chain: there is a person behind each.
	settlementsMax = 256

	// oddMax bounds the odd records that are named of a chain. The records themselves are all kept.
	oddMax = 1024

	// whoBytesMax and whyBytesMax bound what a person says at a settlement: a name, and a few sentences.
	whoBytesMax = 64
	whyBytesMax = 1024

	// actNestingMax and actElementsMax bound what an act about chains is decoded to: an act, its list, a row of it.
	actNestingMax  = 4
	actElementsMax = wire.OddMax

	// incarnationsMax bounds the chains of one centre. A box replaced every month for 20 years makes 240.
	incarnationsMax = 256

	// stretchBatches is a step of the background verification: some 20 ms of work.
	stretchBatches = 32

	// progressEvery is how many batches pass between two calls of Progress: some 20 ms of work.
	progressEvery = 32
)
