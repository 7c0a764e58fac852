// Package hall is the screen that everybody looks at: who is to come where, and how many wait.
//
// It shows no names and holds nothing. The newest call is largest; the last ones stay in view, because people miss a
// call when another follows at once.
package hall
