// Package full takes the room from the disk of a whole box while people press, and gives it back.
//
// The box is a process of its own, with its pages, its printer and its ledger, on a disk of package platter. At a drawn
// moment the disk has only so much room left. From then on every press must be carried out or refused in words, and every
// page must come. Then there is room again, and the same process must go on. At last the power goes, and whoever was
// given a number must be known to the next process. Read run.go next.
package full
