package office

// tags are the acts, by the first byte of their bytes. Frozen; 1 to 15 are about who may speak, 16 to 31 about what is
// said to centres, 32 to 47 about packs, 48 to 63 about scarce things.
var tags = map[byte]func(body []byte) (Act, error){}
