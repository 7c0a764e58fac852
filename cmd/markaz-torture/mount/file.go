package mount

import (
	"context"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"markaz.example/cmd/markaz-torture/platter"
)

// file is a file of the disk as FUSE asks for it.
type file struct {
	fs.Inode
	of *platter.File
}

var (
	_ fs.NodeOpener    = (*file)(nil)
	_ fs.NodeReader    = (*file)(nil)
	_ fs.NodeWriter    = (*file)(nil)
	_ fs.NodeFsyncer   = (*file)(nil)
	_ fs.NodeFlusher   = (*file)(nil)
	_ fs.NodeGetattrer = (*file)(nil)
	_ fs.NodeSetattrer = (*file)(nil)
	_ fs.NodeAllocater = (*file)(nil)
)

func (f *file) fill(a *fuse.Attr) {
	size, pages := f.of.Size()
	a.Mode, a.Nlink, a.Blksize = syscall.S_IFREG|0o600, 1, platter.PageBytes
	if f.of.Socket() {
		a.Mode = syscall.S_IFSOCK | 0o600
	}
	a.Size = uint64(size)
	a.Blocks = uint64(pages) * platter.PageBytes / 512
}

// Open does not ask the kernel to keep what it has of the file, so that a new process reads what is on the disk.
func (f *file) Open(_ context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	if flags&syscall.O_TRUNC != 0 {
		return nil, 0, f.of.Resize(0)
	}
	return nil, 0, 0
}

func (f *file) Read(_ context.Context, _ fs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	return fuse.ReadResultData(dest[:f.of.Read(dest, off)]), 0
}

func (f *file) Write(_ context.Context, _ fs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	if e := f.of.Write(data, off); e != 0 {
		return 0, e
	}
	return uint32(len(data)), 0
}

func (f *file) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno { return f.of.Sync() }

// Flush is at each close, and saves nothing.
func (f *file) Flush(context.Context, fs.FileHandle) syscall.Errno { return 0 }

func (f *file) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	f.fill(&out.Attr)
	return 0
}

func (f *file) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if size, ok := in.GetSize(); ok {
		if e := f.of.Resize(int64(size)); e != 0 {
			return e
		}
	}
	f.fill(&out.Attr)
	return 0
}

// Allocate knows growing and keeping the size. Punching holes is not for a ledger.
func (f *file) Allocate(_ context.Context, _ fs.FileHandle, off, size uint64, mode uint32) syscall.Errno {
	const keepSize = 1
	if mode&^keepSize != 0 {
		return syscall.EOPNOTSUPP
	}
	return f.of.Allocate(int64(off), int64(size), mode&keepSize == 0)
}
