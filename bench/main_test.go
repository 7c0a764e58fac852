package main

import (
	"io"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	if asPart(os.Args) {
		return
	}
	os.Exit(m.Run())
}

// TestQuick runs everything once, so that the figures of a long run are not the first to find out what broke.
func TestQuick(t *testing.T) {
	if err := run(quick(), "", io.Discard); err != nil {
		t.Fatal(err)
	}
}
