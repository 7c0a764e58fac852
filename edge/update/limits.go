package update

import "time"

const (
	// packageBytesMax bounds a package: it fits into a pack of 64 MiB, with its head. Ours has 15 MiB.
	packageBytesMax uint64 = 64<<20 - uint64(headBytesMax)

	// manifestBytesMax bounds a manifest: three names of 64 bytes, a digest and numbers.
	manifestBytesMax = 512
	headBytesMax     = len(magic) + 2 + manifestBytesMax + signatureBytes

	nestingMax  = 4  // the least that the decoder can be set to
	elementsMax = 16 // a manifest has eight pairs, and newer ones may have some more

	// keysMax bounds the release keys of a box: the present one, and the next while they change.
	keysMax = 4

	// keyFileBytesMax bounds a file of keys: a PEM block has some 120 bytes.
	keyFileBytesMax = 4096

	// badMax is how many versions are remembered that did not come up; the oldest is forgotten.
	badMax = 32

	// provingMax is how often the power may go while a new version is watched before it is given up: each time the box had
	// the whole of ProofWait.
	provingMax = 3

	// ProofWait is how long a new version has to serve: views of ten million records are made anew in six minutes.
	ProofWait = 15 * time.Minute

	// proofLook is the pause between two looks, proofLooks how many in a row must be good: a program that starts, answers
	// and falls over within half a minute is not well.
	proofLook  = 3 * time.Second
	proofLooks = 10

	// reasonBytesMax bounds what is kept of why something failed.
	reasonBytesMax = 400
)
