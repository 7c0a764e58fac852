// Package fault is a small language for what can befall a device and its cable, and the hand that does it.
//
//	after 37 bytes out: unplug for 3s     # in the middle of a slip
//	after 2s: silence for 5s              # the device goes on working and says nothing
//	at byte 1200 out: power off for 10s
//	then: babble 4096 bytes
//	every 500 bytes in: flip bit          # a bad cable, from the beginning to the end
//	repeat 3
//
// A [Script] is parsed from such text; FORMAT.md is its grammar and its meaning. [Script.Start] makes a [Fate], which
// stands between a simulated device and its cable, counts the bytes of both directions and acts on the very byte, or at
// the very time. Plug and mains switch are hooks, since only an outlet can pull a plug and only the device loses its
// memory with its power. Package outlet does the wiring.
//
// [Fate.Begin] lets another script take over while the device runs, as a person at a page of switches wants.
//
// The same script, seed and traffic give the same harm. Inside a testing/synctest bubble time is exact too.
//
// script.go is the language, fate.go what happens when, wire.go what happens to bytes. Read FORMAT.md next.
package fault
