// Package web is the pages and sockets of the box.
//
// It promises: a page at all times, of a box that is starting, or whose ledger has failed, too; nothing fetched from
// outside the box; a screen shows acknowledged state only, within 50 ms, and says within five seconds when it can not; a
// press that was not carried out is never shown as if it were; no cookie, nothing personal in an
// address, and names masked but for a desk that asked to compare one with a card.
//
// Strangers share the hall's Wi-Fi, so every body, header, connection and wait is bounded, sockets want an Origin of our
// own, forms from other sites are refused, and the content policy lets no foreign script run.
//
// It owns nothing on disk. Sub-packages: page (templates, texts, assets), live (sockets), hall, public, desk (screens).
// Read hall first.
package web
