package warehousetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
)

// New is a server for one test, closed when the test ends. A test without PostgreSQL fails; it is not skipped.
func New(t testing.TB) *Server {
	t.Helper()
	s, err := Open("/tmp", "fsync=off") // where a socket's path stays short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

var databases atomic.Int64

// Database makes an empty database and gives its URL.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprint("test_", databases.Add(1))
	if err := s.Create(context.Background(), name); err != nil {
		t.Fatal(err)
	}
	return s.URL(name)
}
