package roster

import "time"

const (
	// rootLife is as long as the boxes and headquarters of today will be used.
	rootLife = 20 * 365 * 24 * time.Hour

	// leafLife outlives the longest outage, 90 days, many times: a box that was away for a season must find its way
	// back with the certificate it left with, and be renewed at leisure.
	leafLife = 3 * 365 * 24 * time.Hour

	// issuerLife makes the root come out of its safe every third year: an issuer signs until BoxLife before its end.
	issuerLife = 4 * 365 * 24 * time.Hour

	// BoxLife is how long a certificate from an issuer is valid. A box renews it from half of that on, so after an outage
	// of 90 days, the longest, it still has ten days; and a box that was taken away without anybody noticing is shut out
	// within the same time.
	BoxLife = 200 * 24 * time.Hour

	// issuerLeft is what an issuer must have left to sign: less would end certificates before their time.
	issuerLeft = BoxLife

	// chainMax is a certificate and its issuer's.
	chainMax = 2

	// skew is how far clocks may differ: a certificate is valid from that long before it was made.
	skew = 48 * time.Hour

	// serialBits is the size of a certificate's random serial number. RFC 5280, section 4.1.2.2, allows 159.
	serialBits = 128

	// watchEvery is how often the list's file is looked at: a change counts before whoever made it has put the pen down.
	watchEvery = 2 * time.Second

	// nodeNameMax is the length of a node's name: it stands in logs and in a few table columns.
	nodeNameMax = 32

	// fileBytesMax bounds what is read: 5,000 centres of 200 bytes are 1 MB.
	fileBytesMax = 4 << 20
)
