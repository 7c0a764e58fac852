package progress

import (
	"strings"
	"testing"
	"time"
)

func TestBar(t *testing.T) {
	var out strings.Builder
	now := time.Unix(1000, 0)
	b := newBar(&out, "verifying", func() time.Time { return now })
	b.Tell(10, 1000)
	b.Done()
	if out.String() != "" {
		t.Errorf("a short task said %q", out.String())
	}
	now = now.Add(2 * time.Second)
	b.Tell(200, 1000)
	b.Tell(201, 1000) // too soon
	b.Done()
	want := "\rverifying 200 of 1000 records, 100 a second, 8s left   \n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
	if got, want := b.Summary("records verified"), "201 records verified (2.0 s, 100 a second)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
