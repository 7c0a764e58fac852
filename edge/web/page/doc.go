// Package page turns a struct into what a browser is shown: a template, a language's texts, one layout.
//
// A screen is a handler and a template of one name over one struct. Blocks of a template named "part:x" are the live
// parts of the page: rendered into the element with id x when the page is sent, and again by Parts when the state has
// changed, to be pushed by package live. Texts come by key from text/LANG, one file a part of the pages; tests hold that
// Urdu and English have the same keys, that further languages have what visitors see, and that every key a template asks
// for is there. Values put into a text are isolated, so that a token
// keeps its order in a line that runs from right to left.
//
// It owns the files under /assets/, which are compiled in. The style sheet is one file a page in assets/css, joined when
// the program starts. Nothing is fetched from outside the box. Read edge/web/hall
// next, the smallest screen.
package page
