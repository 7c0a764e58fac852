// Package live keeps browsers true: one WebSocket a page, over which parts of the page are pushed, already rendered.
//
// A Topic is what all pages of one kind show: the hall in Urdu, desk A in English. It is rendered once for a change of
// the ledger, and what differs is handed to every socket of the topic. Changes that fall together are rendered together.
//
// It promises: a new socket begins with the full state; whatever a socket misses closes it, so that it begins again; no
// reader can hold up another; a page that hears nothing for five seconds may say that it is not live, because we speak
// every two. A topic's goroutine lives while somebody watches it, and Run waits for all of them.
//
// Read assets/live.js in edge/web/page for the other end.
package live
