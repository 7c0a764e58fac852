// Package screen is what the pages of a box and those of headquarters have in common: languages, texts, and what a
// browser may load.
//
// It owns no page and nothing on disk.
package screen
