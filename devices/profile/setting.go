package profile

// Setting is one firmware parameter: what the profile wants, what the device said before and after.
type Setting struct {
	Key, Want, Was, Now string
	Err                 error
}
