package roster

import "time"

const (
	// rootLife is as long as the boxes and headquarters of today will be used.
	rootLife = 20 * 365 * 24 * time.Hour

	// leafLife outlives the longest outage, 90 days, many times: a box that was away for a season must find its way
	// back with the certificate it left with, and be renewed at leisure.
	leafLife = 3 * 365 * 24 * time.Hour

	// skew is how far clocks may differ: a certificate is valid from that long before it was made.
	skew = 48 * time.Hour

	// serialBits is the size of a certificate's random serial number. RFC 5280, section 4.1.2.2, allows 159.
	serialBits = 128

	// nodeNameMax is the length of a node's name: it stands in logs and in a few table columns.
	nodeNameMax = 32

	// fileBytesMax bounds what is read: 5,000 centres of 200 bytes are 1 MB.
	fileBytesMax = 4 << 20
)
