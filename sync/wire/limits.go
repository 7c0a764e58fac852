package wire

import "markaz.example/edge/chain"

const (
	// Version is of the protocol as FORMAT.md describes it. Both ends speak the lower of the two they offer.
	Version = 1

	// RecordsMax bounds the records of one batch. Compression gains nothing past some 2,500 records, which is a
	// mebibyte of the usual 400 bytes; small records may be three times as many.
	RecordsMax = 8192

	// RawBytesMax bounds a batch when decompressed: 2,500 records of 400 bytes, or 16 of the largest. Headquarters
	// holds at most a window of these for each link.
	RawBytesMax = 1 << 20

	// BlockBytesMax bounds a compressed block: what cannot be compressed grows by 3 bytes in each 128 KiB and a
	// frame header of 18 at most; 4 KiB covers both.
	BlockBytesMax = RawBytesMax + 4<<10

	// FrameBytesMax bounds any message: a block and, around it, two positions, a signature and a name, which
	// together stay under 512 bytes.
	FrameBytesMax = BlockBytesMax + 512

	// SmallBytesMax bounds every message that is not a batch. The largest is a refusal.
	SmallBytesMax = 4 << 10

	// recordBytesMin is the smallest record that chain can encode (a header of nine fields, each at its shortest):
	// a count that could not fit in the bytes announced is refused before decompression.
	recordBytesMin = 32

	// lengthBytesMax is the varint before the longest record: 65,536 takes three bytes.
	lengthBytesMax = 3

	// packedBytesMax is the most that one record adds to a block.
	packedBytesMax = chain.RecordBytesMax + lengthBytesMax

	// WindowMax bounds the batches under way. Eight of a mebibyte, ten times smaller when compressed, fill a line
	// of 10 Mbit/s for half a second, which is a long round trip.
	WindowMax = 8

	softwareBytesMax = 64   // "markaz 12.34.56-rc.7+dirty" is 26
	codeBytesMax     = 32   // the longest code today is 14
	detailBytesMax   = 1024 // a few sentences, in UTF-8 of up to three bytes a letter

	nestingMax  = 4  // message, span, checkpoint, position
	elementsMax = 16 // the widest map has five pairs; newer peers may add some
)
