// Package browsertest drives the pages in Debian's Chromium, and starts one for whoever else tests pages.
//
// Pictures of every page are written to the test's artifact folder, which "go test -artifacts" keeps, or to the folder
// that MARKAZ_PICTURES names.
package browsertest
