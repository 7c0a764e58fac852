package tpm

const (
	// secretBytesMax is what a keyed hash object may hold in every TPM: MAX_SYM_DATA.
	secretBytesMax = 128

	// pcrCount is how many registers a bank has; pcrMax the last one whose value outlives the boot's own programs.
	pcrCount = 24
	pcrMax   = pcrCount - 1

	// blobBytesMax bounds a half of a sealed blob that comes from a file: a TPM2B has a length of two bytes.
	blobBytesMax = 1 << 12

	nonceBytes = 16
	aesBits    = 128
)
