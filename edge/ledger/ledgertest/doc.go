// Package ledgertest opens ledgers for the tests of the books and of what stands on them.
//
// It promises: every ledger it opened is verified when its test ends, and its views are the same bytes after being
// dropped and rebuilt.
package ledgertest
