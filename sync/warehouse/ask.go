package warehouse

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"markaz.example/sync/archive"
)

// Ask gives the state as the tables tell it: Loading says that some node does. Without an archive nothing is known of
// what waits.
func Ask(ctx context.Context, c *pgx.Conn, a Archive) (State, error) {
	all, err := cursors(ctx, c)
	if err != nil {
		return State{}, err
	}
	w := &Warehouse{Archive: a}
	if a == nil {
		w.Archive = nothing{}
	}
	w.learn(all)
	s := w.State()
	err = c.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
			WHERE l.locktype = 'advisory' AND d.datname = current_database() AND l.granted
			AND l.classid::bigint = $1 AND l.objid::bigint = $2)`,
		int64(advisoryLock>>32), int64(advisoryLock&0xffffffff)).Scan(&s.Loading)
	if err != nil {
		return s, fmt.Errorf("ask who loads: %w", err)
	}
	if !s.Loading {
		s.Reason = "no node loads at present"
	}
	return s, nil
}

// Chains are none.
func (nothing) Chains() []archive.Chain { return nil }
