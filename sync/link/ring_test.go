package link_test

import (
	"context"
	"errors"
	"net"
	"testing"

	"markaz.example/sync/link"
)

// After a failure the next node is dialled, and every node within one round.
func TestRingTriesEveryNode(t *testing.T) {
	if _, err := (&link.Ring{}).Dial(t.Context()); !errors.Is(err, link.ErrNowhere) {
		t.Errorf("got %v, want %v", err, link.ErrNowhere)
	}
	dead := errors.New("dead")
	dialled := map[string]int{}
	r := &link.Ring{}
	for _, node := range []string{"one", "two", "three"} {
		r.Dialers = append(r.Dialers, link.Dialer{URL: "ws://" + node + "/road", Net: func(context.Context, string, string) (net.Conn, error) {
			dialled[node]++
			return nil, dead
		}})
	}
	for range 3 {
		if _, err := r.Dial(t.Context()); !errors.Is(err, dead) {
			t.Errorf("got %v, want %v", err, dead)
		}
	}
	if len(dialled) != 3 || dialled["one"]+dialled["two"]+dialled["three"] != 3 {
		t.Errorf("dialled %v, want each once", dialled)
	}
}
