// Package station is the pages of a desk's instruments: taking a finger, weighing and measuring.
//
// Each is one page beside the console, made for one hand and a person in front of the desk: a large picture of what is to
// be done, one large button, and every way on in sight, since no visit may end at an instrument. What is under way comes
// from edge/station, what was recorded from edge/desk; a refusal is shown in words with what to do.
package station
