package enrol

import "time"

const (
	// secretBytes of a code are guessed in 10^17 years at the registrar's rate of a few tries a second.
	secretBytes = 10
	// rootBytes is the part of the root's hash in a code: to find another root that fits is 2^80 tries.
	rootBytes = 10

	// CodeLife is how long a code may be used: it is made while somebody is at the site, or on the way there.
	CodeLife = 48 * time.Hour

	// messageBytesMax bounds a message: a certificate of up to 2 KiB with its issuer's, a certificate request of
	// 200 bytes, keys, hashes and signatures.
	messageBytesMax = 8 << 10
	certBytesMax    = 2 << 10 // ours are under 700
	certsMax        = 2
	softwareMax     = 64
	detailBytesMax  = 1024
	codeBytesMax    = 32
	parcelBytesMax  = 128 // "age1" and 58 letters today
	challengeMax    = 96  // of a registrar's own making; its are 48

	nestingMax  = 4
	elementsMax = 16

	// exchangeMax bounds one request with its answer: TLS and 4 KiB at 9.6 kbit/s with two seconds of delay.
	exchangeMax = 60 * time.Second

	// renewFirst is the pause before the first: by then the uplink has usually been told the time, and headquarters, to which
	// many boxes may return at once, is asked nothing.
	renewFirst = time.Minute
	// renewLook is the pause between two looks at the certificate: nothing is sent while it is in its first half.
	renewLook = time.Hour
	// renewAgain is the pause after a renewal that failed, within which headquarters is asked once.
	renewAgain = 10 * time.Minute
)
