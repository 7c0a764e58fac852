// Package berthtest gives tests addresses to listen on.
package berthtest

import (
	"testing"

	"markaz.example/edge/berth"
)

// Address is one that a program under test can be told to listen on, and again after it was down.
func Address(t testing.TB) string {
	t.Helper()
	address, err := berth.Address()
	if err != nil {
		t.Fatal(err)
	}
	return address
}
