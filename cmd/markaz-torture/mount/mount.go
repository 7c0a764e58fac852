package mount

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"markaz.example/cmd/markaz-torture/platter"
)

// ErrNone is reported where nothing can be mounted. A test that needs a lossy disk has then not run, and must fail.
var ErrNone = errors.New("a lossy disk cannot be mounted here: install the Debian package fuse3, load the kernel module fuse (modprobe fuse), and give this user /dev/fuse (in a container: --device /dev/fuse --cap-add SYS_ADMIN)")

// writeMax is what one request of the kernel may carry: with the usual 128 KiB a commit would be torn where no disk tears.
const writeMax = 1 << 20

// Mount is a mounted disk.
type Mount struct {
	Path   string // a directory of its own
	server *fuse.Server
}

// On mounts a disk under a new directory. It reports ErrNone.
func On(d *platter.Disk) (*Mount, error) {
	path, err := os.MkdirTemp("", "markaz-platter-")
	if err != nil {
		return nil, err
	}
	zero := time.Duration(0) // the kernel asks each time: a restored disk is another
	server, err := fs.Mount(path, &root{dir{disk: d}}, &fs.Options{
		EntryTimeout: &zero, AttrTimeout: &zero,
		MountOptions: fuse.MountOptions{DirectMount: true, FsName: "markaz-platter", Name: "platter", MaxWrite: writeMax},
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNone, errors.Join(err, os.Remove(path)))
	}
	return &Mount{path, server}, nil
}

// Close unmounts. Programs that have files open must have ended.
func (m *Mount) Close() error {
	if err := m.server.Unmount(); err != nil {
		return fmt.Errorf("unmount %s: %w", m.Path, err)
	}
	return os.Remove(m.Path)
}
