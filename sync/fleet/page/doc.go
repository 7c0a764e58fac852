// Package page is the fleet as people at headquarters see it: a tile map of the districts with the list beside it, a page
// for each centre, both in Urdu and English, and the socket that keeps them true.
//
// It promises that a page without scripts shows everything; that one with them is at most a second old, or says within
// five seconds that it is not live; that a browser which slept is told what changed meanwhile and no more; and that
// nothing on a page comes from outside.
//
// A screen is a template over one struct, cut into parts by element id. A board remembers at which version each part
// changed last, so one number says what a browser lacks. Read board.go, then overview.go.
package page
