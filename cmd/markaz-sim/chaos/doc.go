// Package chaos prints many papers on a real box and lets something go wrong at a random byte of each: the plug, the
// printer's power, paper, cover, cutter, the line's bits, or SIGKILL for the box itself. Then it is what a patient person
// would be: it presses again where the screen offers it, and waits.
//
// Its judge is the paper. Every job must end with a paper in hand; of all that came out for one number at most the first
// may be unmarked; and what the box calls certain must be so. A printer that lies is the control: with it the judge
// must find fault, or it could not.
//
// Read judge.go for the verdict, fault.go for the faults, trip.go for how a byte is hit.
package chaos
