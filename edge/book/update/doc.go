// Package update is the book of the box's program: which version came after which, and what became of those that did not
// come up.
//
// It promises that an update whose outcome the box was told is recorded once. Its view "update" holds the newest one.
// How a box is updated, edge/update says.
package update
