package update

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"markaz.example/edge/door"
)

var errDown = errors.New("down")

// TestProve: what counts as a version that came up. Nobody answers at the door in a bubble, so boxes that served before
// are looked at in TestLook.
func TestProve(t *testing.T) {
	for name, c := range map[string]struct {
		up   func(look int64) bool
		want bool
	}{
		"at once":              {func(int64) bool { return true }, true},
		"after ten minutes":    {func(n int64) bool { return n > 200 }, true},
		"never":                {func(int64) bool { return false }, false},
		"falls over each 20 s": {func(n int64) bool { return n%7 != 0 }, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var looks atomic.Int64
				s := Service{Active: func(context.Context) error {
					if c.up(looks.Add(1)) {
						return nil
					}
					return errDown
				}}
				if err := s.Prove(t.Context(), "1.1", Health{}); (err == nil) != c.want {
					t.Error(err)
				}
			})
		})
	}
}

func TestLook(t *testing.T) {
	dir := t.TempDir()
	d, err := door.Open(dir, "door")
	if err != nil {
		t.Fatal(err)
	}
	status := Status{Software: "markaz 1.1", Seq: 7}
	door.Verb(d, StatusVerb, func(context.Context, struct{}) (Status, error) { return status, nil })
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	defer func() { stop(); <-ended }()
	s := Service{Door: door.NewClient(dir, "door", errDown), Active: func(context.Context) error { return nil }}
	if got := s.Health(t.Context()); got != (Health{true, 7}) {
		t.Errorf("health is %+v", got)
	}
	for _, c := range []struct {
		version Version
		before  uint64
		want    error
	}{{"1.1", 7, nil}, {"1.2", 7, errNotServing}, {"1.1", 8, errBehind}} {
		if err := s.look(t.Context(), c.version, Health{true, c.before}); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
