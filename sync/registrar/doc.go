// Package registrar is headquarters' end of enrolment: it makes codes, turns them into certificates, renews those, and
// shuts boxes out.
//
// It promises that a code makes one certificate, for one request, of one centre; that whoever renews has shown the key of
// the old certificate, the checkpoint key and the ledger; and that what was revoked opens nothing from then on, on any
// node.
//
// It owns no file: what it decides are acts of sync/office, and keys are made by the boxes. The messages are those of
// sync/enrol. Read sync/hq next.
package registrar
