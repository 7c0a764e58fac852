// Package door is how whoever runs a machine speaks to the program that runs on it: HTTP and JSON on a unix socket that
// only the program's own user may open. The box has one, and so has every node of headquarters.
//
// It owns the socket in the directory it is given.
package door
