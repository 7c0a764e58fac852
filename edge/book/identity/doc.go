// Package identity is the book of identity checks at a desk: every finger that was tried and what came of it, exceptions
// with their reason, and the case that is filed when no finger can be read.
//
// A failed finger never ends a visit. It is counted here, so that the desk can offer another finger, an exception or a
// case; what a desk may do when is settled in edge/desk. Nothing biometric is in these records: which finger, which
// reader, how good the picture was, and no more.
//
// The view keeps one Check for each stop of a visit. Read check.go next.
package identity
