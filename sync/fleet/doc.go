// Package fleet is how each centre is, as headquarters sees it: how far its chain has come, how far headquarters has it,
// when it was last heard, whether it is linked, refused or forked; and the page that shows it.
//
// It promises one row for every centre of the roster and for no other, memory that does not grow, and a page that says
// so when it is no longer live.
//
// It owns no file: what it knows of links begins anew with the process, what it knows of chains comes from the archive.
// Read sync/hq next, which serves it.
package fleet
