// Package reading is the book of measurements taken at a desk: weight, length or height, arm, head. A record holds the
// value that was accepted, the readings it came from and the instrument that gave them, so that anybody can check later
// how it was arrived at.
//
// Values are whole grams and whole millimetres. What may be accepted is settled in edge/measure; what it means for a
// child is not here. The view keeps, for each visit, the newest of each kind for each person measured.
package reading
