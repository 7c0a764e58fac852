// Package roster is which boxes may speak to headquarters: the list of centres, and the private authority whose
// certificates prove who is who.
//
// It promises that a box proves its centre by a certificate of our own root, that headquarters proves its name the same
// way, that nothing below TLS 1.3 is spoken, and that no other root in the world is trusted.
//
// It owns the files of an authority (root.crt, root.key), the pairs it issues (box.crt and box.key, hq.crt and hq.key,
// node.crt and node.key, each beside a copy of root.crt), and reads roster.toml. Read sync/ingest next.
package roster
