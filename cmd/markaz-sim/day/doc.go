// Package day plays a scripted day at a centre with no hands, with the faults that a bad day brings, and compares every
// count afterwards: what people asked for, what came out on paper, what the box recorded, what headquarters holds.
//
// Visitors and desks use the pages as browsers do. The papers are read from the dots that the printer burnt, by a QR
// reader that knows nothing of the box; the records are counted by the tools that ship.
package day
