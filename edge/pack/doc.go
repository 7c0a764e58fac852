// Package pack is what headquarters sends to boxes as a whole: a manifest that names and describes it, headquarters'
// signature, and the content.
//
// It promises that a manifest which Open or Check accepted is bounded, and that content which Fits accepted is what was
// signed. Which version may follow which, and what a kind is good for, others decide.
//
// The package owns no file. FORMAT.md has the bytes.
package pack
