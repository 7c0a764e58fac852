package notary

import "time"

const (
	day = 24 * time.Hour

	// halfLife is how long a certificate is good before and after the day that it is made for. Both together are 820 days:
	// Safari takes 825 from an authority that a person installed, Chrome and Firefox set no bound to those.
	// Source: support.apple.com/en-us/103769; chromium's net/docs/certificate_lifetimes.md.
	halfLife = 410 * day

	// renewAfter is how far the day may be off before the certificate is made anew: 320 days are left then.
	renewAfter = 90 * day

	// lookEvery is how often names, addresses and days are compared: a cable that is plugged in gives a new address.
	lookEvery = time.Minute

	// namesMax bounds what one certificate names: a machine with eight networks, in both families, and its names.
	namesMax = 32
)

// made is when this program was: no box of it stands before. decade after it, a clock that nobody set is believed no more.
var (
	made   = time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)
	decade = made.AddDate(10, 0, 0)
)

// The authority lives as long as two digits of a year tell, and began before the first box.
var (
	authorityFrom  = time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)
	authorityUntil = time.Date(2049, time.December, 31, 23, 59, 59, 0, time.UTC)
)
