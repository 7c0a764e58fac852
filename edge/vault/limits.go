package vault

const (
	// sealedStep is what plain text is filled up to a multiple of, so that a length tells little: two bytes of length, then
	// names of up to 30 bytes, and all numbers and dates, have one length.
	sealedStep = 32

	// PlainBytesMax bounds what is sealed: a name of 100 letters of three bytes, and room. With its length it is 16 steps.
	PlainBytesMax = 16*sealedStep - lengthBytes

	lengthBytes = 2

	// SealedBytesMax is the longest sealed field: nonce, plain text filled up, tag.
	SealedBytesMax = nonceBytes + 16*sealedStep + tagBytes

	// sealedBytesMin is the shortest.
	sealedBytesMin = nonceBytes + sealedStep + tagBytes

	// nameBytesMax bounds the names of subjects and fields, as records bound theirs.
	nameBytesMax = 64

	// mmapInitial is address space for 300,000 keys of some 110 bytes each, a centre's households for decades.
	mmapInitial = 64 << 20
)
