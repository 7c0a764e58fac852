package office

// The tags of acts. Frozen; 1 to 15 are about who may speak, 16 to 31 about what is said to centres, 32 to 47 about
// packs, 48 to 63 about scarce things.
const (
	tagCodeIssued byte = 1
	tagEnrolled   byte = 2
	tagRenewed    byte = 3
	tagRevoked    byte = 4
)

// tags are the acts, by the first byte of their bytes.
var tags = map[byte]func(body []byte) (Act, error){
	tagCodeIssued: read[CodeIssued],
	tagEnrolled:   read[Enrolled],
	tagRenewed:    read[Renewed],
	tagRevoked:    read[Revoked],
}
