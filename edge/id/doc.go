// Package id holds the identifiers of a centre: its code, the incarnation of its ledger, tokens, visits, desks.
//
// It promises that a value which passed its Check has the shape its comment gives, wherever it came from, and that
// nothing here identifies a person. Identifiers that do will print masked in logs.
package id
