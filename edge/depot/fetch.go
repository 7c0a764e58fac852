package depot

import (
	"errors"
	"fmt"

	"markaz.example/edge/health"
	"markaz.example/edge/pack"
)

// Want is what is to be fetched next.
func (d *Depot) Want() Want {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.want.Name == "" {
		return Want{}
	}
	have, whole := d.shelf.have(d.want)
	if whole {
		return Want{}
	}
	return Want{Digest: d.want.Digest, Offset: have, Total: d.want.Size}
}

// Wanted is closed when Want may have changed.
func (d *Depot) Wanted() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.changed
}

// Keep puts a piece on disk, behind those before it. The last makes the content whole, if it is what was signed. It
// reports ErrPiece, pack.ErrContent, or what the disk reports.
func (d *Depot) Keep(digest [32]byte, offset uint64, piece []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.want.Name == "" || digest != d.want.Digest || offset+uint64(len(piece)) > d.want.Size {
		return ErrPiece
	}
	err := d.shelf.add(digest, offset, piece)
	if err == nil && offset+uint64(len(piece)) == d.want.Size {
		err = d.finish()
	}
	switch {
	case err == nil:
		d.board.Clear(ConditionDisk, "")
	case !errors.Is(err, ErrPiece) && !errors.Is(err, pack.ErrContent):
		d.board.Set(ConditionDisk, "", health.Warning, err.Error())
	}
	return err
}

func (d *Depot) finish() error {
	err := d.shelf.finish(d.want)
	if errors.Is(err, pack.ErrContent) {
		d.bad[d.want.Digest]++
	}
	d.tell()
	if err != nil {
		return fmt.Errorf("finish a pack: %w", err)
	}
	return nil
}

// setWant says what is to be fetched. A part that is complete already, as after a cut of power before it had its name, is
// finished at once.
func (d *Depot) setWant(m pack.Manifest) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.want != m {
		d.want = m
		d.tell()
	}
	if have, whole := d.shelf.have(m); m.Name != "" && !whole && have >= m.Size {
		if err := d.finish(); err != nil {
			d.log.Warn("a pack on disk is not whole", "kind", m.Kind, "err", err)
		}
	}
}

func (d *Depot) tell() {
	close(d.changed)
	d.changed = make(chan struct{})
}

func (d *Depot) isBad(digest pack.Digest) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.bad[digest] >= badMax
}

// forget is for a content that was settled: offered again it may be tried again.
func (d *Depot) forget(digest pack.Digest) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.bad, digest)
}
