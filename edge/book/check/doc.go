// Package check is the book of questions that only headquarters, or somebody behind it, can answer, and of the answers.
//
// It promises that a question is answered once, that whoever asked goes on at once with a provisional answer that says
// when it was given, and that nothing in it identifies a person: a subject is a reference of this centre.
//
// The record of an answer is the letter's own body. Its view "check" is described in view.go. Read asked.go.
package check
