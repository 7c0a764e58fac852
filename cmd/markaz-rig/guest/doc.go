// Package guest is the first process of the rig's emulated machine, and its judge. It mounts what a kernel offers, loads the
// USB drivers, plugs simulated devices into the virtual host controller, runs the programs of a box beside them, uses the
// pages as a kiosk would, and prints a line for everything that holds or does not:
//
//	PASS name (time): what was seen
//	FAIL name (time): what was seen instead
//	RIG pass=N fail=M
//
// Then it powers the machine off. It promises that the last line comes whatever happens, a check that hangs included;
// without it the rig has failed. Read story.go first.
package guest
