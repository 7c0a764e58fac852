// Package id holds the identifiers of a centre: its code, the incarnation of its ledger, tokens, visits, desks, people.
//
// It promises that a value which passed its Check has the shape its comment gives, wherever it came from, and that
// nothing here identifies a person: names of people and households are random. What does identify is in edge/civil, and
// prints masked.
package id
