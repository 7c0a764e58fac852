package office

// The tags of acts, the first byte of their bytes. Frozen; 1 to 15 are about who may speak, 16 to 31 about what is said
// to centres and heard from them, 32 to 47 about packs, 48 to 63 about scarce things.
const (
	tagLetterPosted  = 16
	tagChainRead     = 17
	tagCheckAnswered = 18

	tagPackBegun   = 32
	tagPackPiece   = 33
	tagPackDropped = 34

	tagPoolSet      = 48
	tagLeaseGranted = 49
)

// tags are the acts by their tags.
var tags = map[byte]func(body []byte) (Act, error){
	tagLetterPosted:  read[LetterPosted],
	tagChainRead:     read[ChainRead],
	tagCheckAnswered: read[CheckAnswered],

	tagPackBegun:   read[PackBegun],
	tagPackPiece:   read[PackPiece],
	tagPackDropped: read[PackDropped],

	tagPoolSet:      read[PoolSet],
	tagLeaseGranted: read[LeaseGranted],
}
