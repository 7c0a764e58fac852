package platter

import "syscall"

// Node is a *File or a *Dir.
type Node interface {
	Inode() uint64 // its own for ever; a Restore gives everything a new one
	restore(*restoring) Node
	pages() int64
}

// File is a file of a disk.
type File struct {
	disk    *Disk
	inode   uint64
	socket  bool     // a name to connect to, without content
	now     content  // as programs see it
	saved   content  // as the platter has it
	pending []change // between the two
}

func (d *Disk) newFile() *File {
	return &File{disk: d, inode: d.nextInode(), now: newContent(), saved: newContent()}
}

// Inode is the file's number.
func (f *File) Inode() uint64 { return f.inode }

// Socket is whether it is a name to connect to.
func (f *File) Socket() bool { return f.socket }

func (f *File) pages() int64 { return int64(len(f.now.pages)) }

// Size is in bytes; pages is what it takes.
func (f *File) Size() (bytes, pages int64) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	return f.now.size, f.pages()
}

// Read gives what programs see.
func (f *File) Read(dest []byte, off int64) int {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	return f.now.read(dest, off)
}

// Write changes what programs see. It reports ENOSPC, or EIO once power is off.
func (f *File) Write(data []byte, off int64) syscall.Errno {
	return f.change(change{do: writing, off: off, data: append([]byte(nil), data...)})
}

// Resize cuts or grows. It reports EIO once power is off.
func (f *File) Resize(size int64) syscall.Errno { return f.change(change{do: resizing, off: size}) }

// Allocate takes room for a range, and grows the file to its end unless told not to. It reports ENOSPC, or EIO.
func (f *File) Allocate(off, n int64, grow bool) syscall.Errno {
	if e := f.change(change{do: allocating, off: off, n: n}); e != 0 || !grow {
		return e
	}
	if size, _ := f.Size(); size >= off+n {
		return 0
	}
	return f.Resize(off + n)
}

func (f *File) change(c change) syscall.Errno {
	d := f.disk
	d.mu.Lock()
	defer d.mu.Unlock()
	if e := d.take(c.needs(f.now)); e != 0 {
		return e
	}
	return d.step(func() {
		before := f.pages()
		c.apply(&f.now)
		f.pending = append(f.pending, c)
		d.used += f.pages() - before
	})
}

// Sync saves the file's content, not its name. It reports EIO.
func (f *File) Sync() syscall.Errno {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	return f.disk.sync(f, f.save, func() { f.pending = nil })
}

func (f *File) save() {
	for _, c := range f.pending {
		c.apply(&f.saved)
	}
	f.pending = nil
}
