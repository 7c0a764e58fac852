package chain

const (
	// RecordBytesMax bounds one stored record. A growth measurement with every reading is about 1 KiB; attachments
	// are kept beside the chain. 64 KiB leaves room for a survey form of 500 answers of 128 bytes.
	RecordBytesMax = 64 << 10

	// nameBytesMax bounds kind, actor and subject. The longest kind today is 20 bytes.
	nameBytesMax = 64

	// ReasonBytesMax bounds a person's reason: three sentences in Urdu.
	ReasonBytesMax = 1024

	// nestingMax bounds a body's depth; a household's survey is 4 deep.
	nestingMax = 12
	// elementsMax bounds arrays and maps in a body: the bytes of a record allow no more than this many useful items.
	elementsMax = 8192
)
