package office

const (
	nestingMax  = 4  // an act, a list in it, an entry of the list, and one to spare
	elementsMax = 64 // the longest list of an act

	hashBytes      = 32
	serialBytesMax = 20  // RFC 5280, section 4.1.2.2
	certsMax       = 2   // a certificate and its issuer's
	byBytesMax     = 64  // a user's name
	whyBytesMax    = 512 // two sentences in Urdu
)
