// Package spool prints what is queued: each job once, confirmed by the printer, recoverable after any crash.
//
// It promises: the record that a job was started is on disk before its first byte may leave; what the confirmation
// leads to is recorded in one decision with it; a job that may be out is never printed again by itself. A job that
// certainly left no ink is tried again a few times within seconds if the printer's trouble is passing, else held with
// its reason until somebody asks.
//
// It owns nothing on disk: the jobs are in book/paper. Read run.go for who waits for what.
package spool
