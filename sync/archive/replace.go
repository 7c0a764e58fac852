package archive

import (
	"context"
	"errors"
	"fmt"
	"io"

	"markaz.example/edge/durable"
)

// Stream gives the bytes of an archive file as it stands now, and how many they are. It ends with an error when the
// context ends, and must be closed. Until then no page that was in use is used again: the file grows by what is written
// meanwhile, and by what that replaces.
func (a *Archive) Stream(ctx context.Context) (io.ReadCloser, int64, error) {
	a.file.RLock()
	tx, err := a.db.Begin(false)
	if err != nil {
		a.file.RUnlock()
		return nil, 0, fmt.Errorf("stream the archive: %w", err)
	}
	out, in := io.Pipe()
	s := &stream{PipeReader: out, ctx: ctx, ended: make(chan struct{})}
	s.stop = context.AfterFunc(ctx, func() { in.CloseWithError(context.Cause(ctx)) })
	size := tx.Size()
	go func() {
		defer close(s.ended)
		defer a.file.RUnlock()
		_, err := tx.WriteTo(in)
		in.CloseWithError(errors.Join(err, tx.Rollback())) // nil ends the stream
	}()
	return s, size, nil
}

type stream struct {
	*io.PipeReader
	ctx   context.Context
	stop  func() bool
	ended chan struct{}
}

// Read gives nothing more once the context has ended, even if the copy was nearly through.
func (s *stream) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, context.Cause(s.ctx)
	}
	return s.PipeReader.Read(p)
}

// Close lets go of the file.
func (s *stream) Close() error {
	s.stop()
	err := s.PipeReader.Close()
	<-s.ended
	return err
}

// Replace makes an archive file that was streamed here, and synced, the one that is open: after a crash there is the old
// one or the new. Readers are waited for. An error after which neither is open poisons the archive: ErrUnknown.
func (a *Archive) Replace(aside string) error {
	if err := probe(aside); err != nil {
		return fmt.Errorf("replace the archive: %w", err)
	}
	a.file.Lock()
	defer a.file.Unlock()
	path := a.db.Path()
	if err := errors.Join(a.db.Close(), durable.Replace(aside, path)); err != nil {
		return a.poison(fmt.Errorf("replace the archive: %w", err))
	}
	next, err := open(path, false)
	if err != nil {
		return a.poison(fmt.Errorf("replace the archive: %w", err))
	}
	a.take(next)
	return nil
}

// take makes another's file and what was read from it ours.
func (a *Archive) take(next *Archive) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.db, a.chains, a.applied = next.db, next.chains, next.applied
}

// probe opens a file and reads how its chains stand.
func probe(path string) error {
	a, err := OpenReadOnly(path)
	if err != nil {
		return err
	}
	return a.Close()
}
