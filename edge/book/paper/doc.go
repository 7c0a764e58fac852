// Package paper is the book of print jobs: every slip that was asked for, and whether it came out.
//
// It promises: a job is started before its first byte may leave, so after a crash the jobs that may be out are known;
// a job that may be out is never printed again by itself, and when somebody asks, the copy is marked as a reprint; a
// job ends only by a record: printed, or withdrawn with a reason.
//
// Its view "paper" is described in view.go. Read job.go for the table of states; package spool prints.
package paper
