package profile

// Setting is one firmware parameter that was applied to a device: what the profile wants, what the device had, and
// what it says now.
type Setting struct {
	Key  string // as in the file: "firmware.security"
	Want string // from the profile
	Was  string // as read before; "" when the device cannot tell
	Now  string // as read after; "" when the device cannot tell
	Err  error  // nil when it was written and, where the device can tell, found so
}
