// Package finger is what all fingerprint readers have in common: what a capture is, which finger it is of, and why there
// is none. A failed finger is an ordinary answer here, with a reason that a desk can act on; only a failed reader is an
// error of the driver.
//
// The readers are in the folders below: zfm for serial modules, uru for a USB imaging reader, sbi for certified readers
// behind the secure biometric interface. Pictures and templates are biometrics: nothing here logs, prints or stores
// them, and a Picture is wiped by its owner as soon as it was used.
package finger
