// Package web is the pages and sockets of the box.
//
// It promises: a page at all times, of a box that is starting, or whose ledger has failed, too; nothing fetched from
// outside the box; a screen shows acknowledged state only, within 50 ms, and says within five seconds when it can not; a
// press that was not carried out is never shown as if it were; nothing personal in an address, and names masked but for a desk
// that asked to compare one with a card.
//
// There are two listeners. Everybody's is plain HTTP, sets no cookie and reads none. The desks' is TLS; there a browser is
// known by its word, and a form by the proof of it. A page is on one of them, and the other leads there.
//
// Strangers share the hall's Wi-Fi, so every body, header, handshake, connection, socket and wait is bounded, by address and
// for all strangers together, and room is kept for the centre's own machines. A request must call the box by a name of its
// own, sockets want an Origin of our own, forms from other sites are refused, and the content policy lets no foreign script
// run. See docs/adr/0035.
//
// It owns nothing on disk. Sub-packages: page (templates, texts, assets), live (sockets), proof (forms), hall, public, desk
// (screens). Read hall first, and guard.go for what stands before every page.
package web
