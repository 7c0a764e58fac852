package warehouse

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"markaz.example/edge/chain"
)

// session is one connection of the node that loads. Its goroutine owns everything.
type session struct {
	*Warehouse
	conn    *pgx.Conn
	months  map[Month]bool // that have a partition
	turn    chain.Incarnation
	records int // most in the next transaction: halved while PostgreSQL refuses a value, to find whose it is
	refused refusal
	worked  bool // a round went well
}

// session connects, waits for its turn, and loads until something is wrong or the context ends. It says whether anything
// came of it.
func (w *Warehouse) session(ctx context.Context) (worked bool, err error) {
	config, err := w.config()
	if err != nil {
		return false, err
	}
	c, err := connect(ctx, config)
	if err != nil {
		return false, err
	}
	defer func() { w.leave(ctx, c) }()
	if err := w.awaitTurn(ctx, c); err != nil {
		return false, err
	}
	if err := migrate(ctx, config); err != nil {
		return false, err
	}
	s := &session{Warehouse: w, conn: c, records: w.groupRecords()}
	if err := s.prepare(ctx); err != nil {
		return false, err
	}
	err = s.load(ctx)
	return s.worked, err
}

// leave closes a connection, and with it gives up the lock, even when the context is over.
func (w *Warehouse) leave(ctx context.Context, c *pgx.Conn) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), connectMax)
	defer stop()
	if err := c.Close(ctx); err != nil {
		w.Log.Debug("close the connection to PostgreSQL", "err", err)
	}
}

// awaitTurn returns when this session is the one that loads.
func (w *Warehouse) awaitTurn(ctx context.Context, c *pgx.Conn) error {
	for {
		mine, err := w.askTurn(ctx, c)
		if mine || err != nil {
			return err
		}
		w.because(ErrOther)
		if !sleep(ctx, w.poll()) {
			return ctx.Err()
		}
	}
}

// askTurn takes the lock, or looks on while another node has it.
func (w *Warehouse) askTurn(ctx context.Context, c *pgx.Conn) (mine bool, err error) {
	ctx, stop := context.WithTimeout(ctx, askMax)
	defer stop()
	if err := c.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", int64(advisoryLock)).Scan(&mine); err != nil {
		return false, fmt.Errorf("ask for the turn to load: %w", err)
	}
	if mine {
		return true, nil
	}
	return false, w.lookOn(ctx, c)
}

// lookOn reads how far the other node is.
func (w *Warehouse) lookOn(ctx context.Context, c *pgx.Conn) error {
	all, err := cursors(ctx, c)
	if errors.Is(err, ErrNever) {
		return nil // the other node is about to make the tables
	}
	if err == nil {
		w.learn(all)
	}
	return err
}

// prepare reads what the tables hold. It reports ErrBehind.
func (s *session) prepare(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, askMax)
	defer stop()
	var applied uint64
	if err := s.conn.QueryRow(ctx, "SELECT applied FROM markaz.loader").Scan(&applied); err != nil {
		return fmt.Errorf("read what was loaded last: %w", err)
	}
	all, err := cursors(ctx, s.conn)
	if err != nil {
		return err
	}
	s.learn(all)
	if now := s.Archive.Applied(); now < applied {
		return fmt.Errorf("%w (entry %d of %d)", ErrBehind, now, applied)
	}
	s.months, err = partitions(ctx, s.conn)
	return err
}

func (w *Warehouse) groupRecords() int { return orElse(w.pace.records, groupRecords) }

// load brings what is new, again and again.
func (s *session) load(ctx context.Context) error {
	for {
		more, err := s.round(ctx)
		if err != nil {
			return err
		}
		s.worked = true
		s.because(nil)
		if more {
			continue
		}
		if !sleep(ctx, s.poll()) {
			return nil
		}
		if err := s.unmoved(ctx); err != nil {
			return err
		}
	}
}

// unmoved notices that the line is cut, or that somebody emptied the tables, when there is nothing to load.
func (s *session) unmoved(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, askMax)
	defer stop()
	var loaded uint64
	if err := s.conn.QueryRow(ctx, "SELECT COALESCE(sum(seq), 0)::bigint FROM markaz.cursor").Scan(&loaded); err != nil {
		return fmt.Errorf("the line to PostgreSQL: %w", err)
	}
	if loaded != s.State().Loaded {
		return errMoved
	}
	return nil
}
