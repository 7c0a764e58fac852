// Package devices is the page of a centre's machines: every device with how it is, what to do about it, and the last
// bytes that went to and fro, for the manager who has to find a cable and for the technician on the telephone.
//
// The page knows devices as [Device] only; who runs them fills it in. Bytes arrive here masked: what a reader sees of a
// finger, or a terminal of a card, never comes this far.
package devices
