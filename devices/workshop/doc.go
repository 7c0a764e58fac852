// Package workshop is what a technician does with the devices of a centre while the box is stopped: see what is plugged
// in and which of it is configured, ask each what it is and how it is, set its firmware parameters, record a tape.
//
// It opens ports itself, so a running box, which has them, is told apart by port.ErrBusy. Read workshop.go next.
package workshop
