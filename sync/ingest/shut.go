package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// errShut ends a link whose certificate is not let in any more.
var errShut = errors.New("this box is shut out")

// patrol looks at the certificates of living links until the context ends: what was revoked ends within a second.
func (s *Server) patrol(ctx context.Context) {
	tick := time.NewTicker(patrolEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, v := range s.visits() {
			if _, err := s.Roster.Admit(v.cert); err != nil {
				v.log.Warn("link ends: its certificate is not let in any more", "err", err)
				v.stop(fmt.Errorf("%w: %w", errShut, err))
			}
		}
	}
}

func (s *Server) visits() []*visit {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*visit, 0, len(s.links))
	for v := range s.links {
		all = append(all, v)
	}
	return all
}
