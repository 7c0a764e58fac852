// Package upkeep is the book of what was done to keep the box itself safe: which copies of it were made, and when.
//
// It promises nothing of a copy but that it was read back whole when it was recorded. Read backed_up.go.
package upkeep
