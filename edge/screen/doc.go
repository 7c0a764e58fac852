// Package screen is what the pages of a box and those of headquarters have in common: languages, texts, and what a
// browser may load.
//
// A language is a header here, language/CODE.json, and a folder text/CODE in each tree of pages that speaks it; what the
// folder lacks comes from the language that the header names. Staff work in those that have every text.
//
// It owns no page and nothing on disk.
package screen
