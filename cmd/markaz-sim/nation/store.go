package nation

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"markaz.example/sync/archive"
	"markaz.example/sync/warehouse"
	"markaz.example/sync/warehouse/warehousetest"
)

// store is the PostgreSQL of a nation, and how it is judged.
type store struct {
	server *warehousetest.Server
	url    string
}

// openStore starts a server of its own with one empty database.
func openStore(ctx context.Context) (*store, error) {
	s, err := warehousetest.Open(os.TempDir()) // its user is another, who may not look into ours
	if err != nil {
		return nil, err
	}
	const database = "nation"
	if err := s.Create(ctx, database); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &store{s, s.URL(database)}, nil
}

func (s *store) connect(ctx context.Context) (*warehouse.Conn, error) {
	return (&warehouse.Warehouse{URL: s.url}).Connect(ctx)
}

// loaded is how many records are in it; none while it cannot be asked.
func (s *store) loaded(ctx context.Context) uint64 {
	c, err := s.connect(ctx)
	if err != nil {
		return 0
	}
	defer c.Close(ctx)
	state, err := warehouse.Ask(ctx, c, nil)
	if err != nil {
		return 0
	}
	return state.Loaded
}

// compare reports what is not as the archive has it.
func (s *store) compare(ctx context.Context, path string) (err error) {
	a, err := archive.OpenReadOnly(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	d, err := warehouse.Compare(ctx, a, c)
	if err != nil {
		return err
	}
	if !d.Equal() {
		return fmt.Errorf("PostgreSQL is not what the archive is: %+v", d)
	}
	return nil
}

// await waits until so many records are loaded.
func (s *store) await(ctx context.Context, records uint64) error {
	for deadline := time.Now().Add(settleMax); s.loaded(ctx) != records; {
		if time.Now().After(deadline) {
			return fmt.Errorf("%w: PostgreSQL has %d of %d records %s after everything was mended", ErrWrong, s.loaded(ctx), records, settleMax)
		}
		if !rest(ctx, lookEvery) {
			return ctx.Err()
		}
	}
	return nil
}

// cut ends the server as a power cut does, and starts it again.
func (s *store) cut() error { return errors.Join(s.server.Kill(), s.server.Start()) }
