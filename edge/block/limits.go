package block

import "markaz.example/edge/chain"

const (
	// RecordsMax bounds the records of one block, and RawBytesMax their stored bytes, each record behind its length.
	// They are those of a batch on the road, so that a block can travel as it is.
	RecordsMax  = 8192
	RawBytesMax = 1 << 20

	// BytesMax bounds a block: what cannot be compressed is kept as rows are, and grows by the columns beside it.
	BytesMax = RawBytesMax + 4<<10

	// streamsBytesMax bounds a block's streams when decompressed: a record in columns takes at most 40 bytes more than
	// in its row (five numbers of ten bytes where the row had one each), so a mebibyte of rows, 320 KiB for 8,192
	// records, 60 KiB for the shapes.
	streamsBytesMax = 2 << 20

	// shapesMax is what one byte can name besides 0. A centre of twelve desks and four kiosks makes some 120.
	shapesMax = 255

	// valuesMax bounds a body's values that are columns of their own: more keys than one byte can hold make no map of
	// the kind that our events are.
	valuesMax = 23

	// textsMax bounds the texts that one column remembers: outcomes, printers and services are few, and names would
	// fill any table without ever coming again.
	textsMax = 64

	// nameBytesMin is the length from which a text is kept apart as a name: identifiers are all but random and spoil
	// the statistics of words.
	nameBytesMin = 8

	// lengthBytesMax is the varint before the longest record: 65,536 takes three bytes.
	lengthBytesMax = 3

	// Slack is what Decode wants in a buffer beyond the bytes announced, to look at its room once a value and not once a
	// byte: a header and a number at their longest.
	Slack = headBytesMax + 64

	// headBytesMax is a header at its longest: the map, nine keys, five numbers of nine bytes, three texts of 64 with
	// their heads.
	headBytesMax = 1 + 9 + 5*9 + 3*(64+2)

	recordBytesMax = chain.RecordBytesMax
)
