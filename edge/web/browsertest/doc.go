// Package browsertest drives the pages in Debian's Chromium, and starts one for whoever else tests pages.
//
// Every page is put before an outside judge, npm's axe-core in the folder judge; "make setup-judges" installs it.
//
// Pictures of every page are written to the test's artifact folder, which "go test -artifacts" keeps, or to the folder
// that MARKAZ_PICTURES names.
package browsertest
