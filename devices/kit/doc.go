// Package kit makes a driver that is ready to run from a profile and a wire: the one place that knows which driver
// reads which profile, for the box and for the technician's tools alike.
//
// To add a class of device, add one case to build: its driver, its adapter for package rack, and the mask that keeps
// what is personal off its tapes. Read kit.go next.
package kit
