package notary

import (
	"crypto/x509"
	"time"
)

// Reading is what the box's clock says.
type Reading struct {
	At      time.Time
	Trusted bool // a person or headquarters told it
}

// dayFor is the day that a certificate is made for: browsers whose clocks are within halfLife of it take it. Browsers go by
// their own clock, so what counts is the true day and not what this box believes.
//
// A clock that somebody set is believed. Any other moves the day onwards only, and only within the certificate that is held:
// if it is right, the new certificate is good, and if it is wrong, the new one still holds for the day of the old. At the first
// start there is nothing to hold on to, and such a clock is believed for ten years after this program was made. Where the
// clock says nothing, the time that the box has been running still passes.
func dayFor(now Reading, held *x509.Certificate, running time.Duration) time.Time {
	if now.Trusted {
		return now.At
	}
	if held == nil {
		if now.At.After(made) && now.At.Before(decade) {
			return now.At
		}
		return made
	}
	least := middle(held).Add(running)
	if now.At.After(least) && now.At.Before(held.NotAfter) {
		return now.At
	}
	return least
}

// middle is the day that a certificate was made for.
func middle(c *x509.Certificate) time.Time {
	return c.NotBefore.Add(c.NotAfter.Sub(c.NotBefore) / 2)
}

// due says whether a certificate should be made anew for a day.
func due(c *x509.Certificate, day time.Time) bool { return middle(c).Sub(day).Abs() > renewAfter }
