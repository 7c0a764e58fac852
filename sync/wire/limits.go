package wire

import "markaz.example/edge/chain"

const (
	// Version is of the protocol as FORMAT.md describes it. Both ends speak the lower of the two they offer.
	Version = 2

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

	// SmallBytesMax bounds every message that is not a batch, a letter or a piece. The largest is a beat with all its
	// conditions and packs: 32 of 66 bytes and 16 of 44.
	SmallBytesMax = 4 << 10

	// LetterBytesMax bounds the body of a letter: a lease or an answer is some 200 bytes, a question for a support
	// bundle as many.
	LetterBytesMax = 16 << 10

	// PieceBytesMax bounds a piece of a pack: on a line of 9.6 kbit/s the box asks for less, on a fast one this is a
	// frame in a hundred of a pack of 25 MB.
	PieceBytesMax = 256 << 10

	// aroundBytesMax is what a frame has besides a letter's body or a piece's bytes: digest, numbers, kind, signature.
	aroundBytesMax = 512

	// SignersMax bounds the keys of one chain: a box re-made every year for 15 years makes 16.
	SignersMax = 16

	// recordBytesMin is the smallest record that chain can encode (a header of nine fields, each at its shortest):
	// a count that could not fit in the bytes announced is refused before decompression.
	recordBytesMin = 32

	// lengthBytesMax is the varint before the longest record: 65,536 takes three bytes.
	lengthBytesMax = 3

	// packedBytesMax is the most that one record adds to a block.
	packedBytesMax = chain.RecordBytesMax + lengthBytesMax

	// dictionaryRecords is where the dictionary ends. Fewer records are a live batch, of which it saves a quarter to a third;
	// more are a drain, which makes its batches larger instead: 64 records without it are smaller, by record, than
	// 16 with it. TestWhatADictionarySaves has the table.
	dictionaryRecords = 16

	// smallWindowBytes holds fifteen records of 400 bytes and more; larger ones are their own dictionary.
	smallWindowBytes = 64 << 10

	// WindowMax bounds the batches under way. Eight of a mebibyte, ten times smaller when compressed, fill a line
	// of 10 Mbit/s for half a second, which is a long round trip.
	WindowMax = 8

	softwareBytesMax = 64   // "markaz 12.34.56-rc.7+dirty" is 26
	codeBytesMax     = 32   // the longest code today is 14
	detailBytesMax   = 1024 // a few sentences, in UTF-8 of up to three bytes a letter

	nameBytesMax    = 64 // of a kind, a condition
	packBytesMax    = 32 // of a pack's name
	dictionariesMax = 8  // a new one every few years; old ones are kept, for archives hold batches made with them
	conditionsMax   = 32 // every device of a centre in trouble at once is fewer
	packsMax        = 16

	nestingMax  = 4  // message, span, checkpoint, position
	elementsMax = 32 // the longest list is of conditions; the widest map has ten pairs, and newer peers may add some
)
