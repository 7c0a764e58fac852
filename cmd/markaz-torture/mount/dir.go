package mount

import (
	"context"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"markaz.example/cmd/markaz-torture/platter"
)

// dir is a directory of the disk as FUSE asks for it.
type dir struct {
	fs.Inode
	disk *platter.Disk
	at   *platter.Dir // nil for the root, which a Restore replaces
}

// root differs in that it is always the disk's own.
type root struct{ dir }

var (
	_ fs.NodeLookuper  = (*dir)(nil)
	_ fs.NodeCreater   = (*dir)(nil)
	_ fs.NodeMkdirer   = (*dir)(nil)
	_ fs.NodeMknoder   = (*dir)(nil)
	_ fs.NodeUnlinker  = (*dir)(nil)
	_ fs.NodeRmdirer   = (*dir)(nil)
	_ fs.NodeRenamer   = (*dir)(nil)
	_ fs.NodeReaddirer = (*dir)(nil)
	_ fs.NodeFsyncer   = (*dir)(nil)
	_ fs.NodeGetattrer = (*dir)(nil)
	_ fs.NodeStatfser  = (*dir)(nil)
)

func (d *dir) real() *platter.Dir {
	if d.at == nil {
		return d.disk.Root()
	}
	return d.at
}

// child is what the kernel is to call a node by. One that it knows already keeps its name.
func (d *dir) child(ctx context.Context, n platter.Node, out *fuse.EntryOut) *fs.Inode {
	id := fs.StableAttr{Mode: syscall.S_IFREG, Ino: n.Inode() + inodeShift}
	if f, ok := n.(*platter.File); ok {
		own := &file{of: f}
		own.fill(&out.Attr)
		id.Mode = out.Attr.Mode & syscall.S_IFMT
		return d.NewInode(ctx, own, id)
	}
	id.Mode = syscall.S_IFDIR
	fillDir(&out.Attr)
	return d.NewInode(ctx, &dir{disk: d.disk, at: n.(*platter.Dir)}, id)
}

// inodeShift keeps clear of the number that FUSE has for the root.
const inodeShift = 1 << 10

func fillDir(a *fuse.Attr) { a.Mode, a.Nlink = syscall.S_IFDIR|0o700, 2 }

func (d *dir) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	n := d.real().Lookup(name)
	if n == nil {
		return nil, syscall.ENOENT
	}
	return d.child(ctx, n, out), 0
}

func (d *dir) Create(ctx context.Context, name string, flags, _ uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	f, e := d.real().Create(name)
	if e != 0 {
		return nil, nil, 0, e
	}
	return d.child(ctx, f, out), nil, 0, 0
}

func (d *dir) Mkdir(ctx context.Context, name string, _ uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	sub, e := d.real().Make(name)
	if e != 0 {
		return nil, e
	}
	return d.child(ctx, sub, out), 0
}

// Mknod makes sockets, like the door at which tools speak to a box.
func (d *dir) Mknod(ctx context.Context, name string, mode, _ uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	if mode&syscall.S_IFMT != syscall.S_IFSOCK {
		return nil, syscall.EOPNOTSUPP
	}
	f, e := d.real().Socket(name)
	if e != 0 {
		return nil, e
	}
	return d.child(ctx, f, out), 0
}

func (d *dir) Unlink(_ context.Context, name string) syscall.Errno { return d.real().Remove(name) }

func (d *dir) Rmdir(_ context.Context, name string) syscall.Errno { return d.real().Remove(name) }

// Rename knows only the plain one within a directory, which is all that package durable does.
func (d *dir) Rename(_ context.Context, name string, to fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	if flags != 0 {
		return syscall.EINVAL
	}
	if to.EmbeddedInode() != d.EmbeddedInode() {
		return syscall.EXDEV
	}
	return d.real().Rename(name, newName)
}

func (d *dir) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	var list []fuse.DirEntry
	for name, n := range d.real().List() {
		mode := uint32(syscall.S_IFREG)
		if _, ok := n.(*platter.Dir); ok {
			mode = syscall.S_IFDIR
		}
		list = append(list, fuse.DirEntry{Name: name, Mode: mode, Ino: n.Inode() + inodeShift})
	}
	return fs.NewListDirStream(list), 0
}

func (d *dir) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno { return d.real().Sync() }

func (d *dir) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	fillDir(&out.Attr)
	return 0
}

// endless is what a disk without bounds says it has: 1 TiB.
const endless = 1 << 28

func (d *dir) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	used, room := d.disk.Usage()
	if room == 0 {
		room = endless
	}
	out.Bsize, out.Frsize, out.NameLen = platter.PageBytes, platter.PageBytes, 255
	out.Blocks = uint64(room)
	out.Bfree = uint64(max(room-used, 0))
	out.Bavail = out.Bfree
	return 0
}
