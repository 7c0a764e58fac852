// Package style is the page at /style: every piece that pages are made of, in both directions of writing, by day and by
// night, with its classes and when to use it. It shows no data of the centre.
//
// The pieces themselves are in edge/web/page, whose DESIGN.md lists them.
package style
