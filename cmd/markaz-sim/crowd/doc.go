// Package crowd is a full hall at one box: desks and kiosks that press at a steady rate, hall screens and phones that
// watch, and a stopwatch from each press to every screen.
//
// Presses are due at fixed instants, and a press that starts late is timed from when it was due, so that a box that stalls
// is not spared. The box is a process of its own on a stage; its processor time and memory are read from the kernel.
package crowd
