package pack

const (
	// ContentBytesMax bounds a pack: 64 MiB are 15 hours on a line of 9.6 kbit/s and a minute on one of 10 Mbit/s.
	ContentBytesMax = 64 << 20

	// manifestBytesMax bounds a manifest: its longest fields are 64, 64 and 32 bytes.
	manifestBytesMax = 512

	// HeadBytesMax bounds what stands before the content: magic, length, manifest, signature.
	HeadBytesMax = len(magic) + 2 + manifestBytesMax + 64

	// nameBytesMax bounds a name and a kind: the beat that tells of them has 32 bytes for each.
	nameBytesMax = 32

	nestingMax  = 4  // the least that the decoder can be set to
	elementsMax = 16 // a manifest has six pairs, and newer ones may have some more
)
