// Package health is what is wrong with the box and what to do about it.
//
// A condition is a plain statement that holds now: "printer is out of paper". Whoever notices sets it, whoever sees it
// end clears it, and screens list what holds. It promises a bounded list, worst first, and forgets everything at a
// restart: what still holds is noticed again.
//
// It owns nothing on disk.
package health
