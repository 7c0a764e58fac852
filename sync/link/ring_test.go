package link_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"markaz.example/sync/link"
	"markaz.example/sync/wire"
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

// A node that answers and can do nothing now is left for the next, also when it says so after the link was opened.
func TestRingLeavesABusyNode(t *testing.T) {
	for name, refuse := range map[string]http.HandlerFunc{
		"before": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "full", http.StatusServiceUnavailable) },
		"after": func(w http.ResponseWriter, r *http.Request) {
			c, err := link.Accept(w, r)
			if err != nil {
				return
			}
			_ = c.Send(r.Context(), wire.Refusal{Code: wire.CodeBusy, Detail: "no leader"})
			c.Close("refused")
			go func() { _ = drain(c) }()
			_ = c.Run(context.Background())
		},
	} {
		t.Run(name, func(t *testing.T) {
			asked := map[string]int{}
			r := &link.Ring{}
			for _, node := range []string{"one", "two"} {
				s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { refuse(w, r) }))
				defer s.Close()
				r.Dialers = append(r.Dialers, link.Dialer{URL: "ws" + strings.TrimPrefix(s.URL, "http"), Net: func(ctx context.Context, network, address string) (net.Conn, error) {
					asked[node]++
					return (&net.Dialer{}).DialContext(ctx, network, address)
				}})
			}
			for range 4 {
				c, err := r.Dial(t.Context())
				if err != nil {
					if !errors.Is(err, link.ErrBusy) || errors.Is(err, link.ErrRefused) {
						t.Errorf("got %v, want %v", err, link.ErrBusy)
					}
					continue
				}
				go func() { _ = c.Run(t.Context()) }()
				if m, err := c.Receive(); err != nil {
					t.Errorf("got %v, %v", m, err)
				}
				c.Close("test")
				_ = drain(c)
			}
			if asked["one"] != 2 || asked["two"] != 2 {
				t.Errorf("dialled %v, want each twice", asked)
			}
		})
	}
}
