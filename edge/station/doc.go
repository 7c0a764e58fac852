// Package station is what a desk does with the instruments beside it: a fingerprint reader, a scale.
//
// It stands between the desk's page and the instruments, which it knows by interfaces only. What is under way (a finger
// being waited for, a child on the scale) lives here in memory; what came of it is recorded through edge/desk at once. It
// promises that nothing is recorded against a visit that the desk no longer serves, that a desk takes one finger at a
// time, and that a broken or missing instrument never keeps a visit from going on.
//
// Read finger.go next.
package station
