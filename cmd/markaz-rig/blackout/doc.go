// Package blackout pulls the plug of a whole Debian in mid-service, again and again, and counts what is gone. Its drive forgets
// what was not flushed. People outside press for numbers and work at desks, and note what they were told; after each start
// they look whether it is there.
//
// It promises: an answer counts only when it arrived; what was asked without an answer may be there or not; a paper counts
// when it left the machine by its witness. A machine that does not come up, forgets, or prints twice without saying so is
// broken; the run ends with it. At the end the ledger is taken out of a copy of the drive and every record checked.
//
// Read Run first.
package blackout
