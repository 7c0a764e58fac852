// Package roster is which boxes may speak to headquarters: the list of centres, and the private authority whose
// certificates prove who is who. Between the authority's root, which lies in a safe, and the boxes stands an issuer, which
// lies where headquarters runs.
//
// It promises that a box proves its centre by a certificate of our own root, that headquarters proves its name the same
// way, that nothing below TLS 1.3 is spoken, and that no other root in the world is trusted.
//
// A box whose clock nobody has set refuses nobody because of the time; everything else is checked at all times.
//
// It owns the files of an authority (root.crt, root.key), the pairs it issues (issuer, hq, node and box, each .crt
// and .key beside a copy of root.crt), box.key.new while a certificate is being asked for, post.pub, and reads
// roster.toml. Read sync/enrol and sync/ingest next.
package roster
