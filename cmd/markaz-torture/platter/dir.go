package platter

import (
	"maps"
	"syscall"
)

// Dir is a directory of a disk.
type Dir struct {
	disk    *Disk
	inode   uint64
	now     map[string]Node // as programs see it
	saved   map[string]Node // as the platter has it
	pending []naming        // between the two
}

// naming is one change of names that happens whole: nil takes a name away.
type naming map[string]Node

func (n naming) apply(to map[string]Node) {
	for name, node := range n {
		if node == nil {
			delete(to, name)
		} else {
			to[name] = node
		}
	}
}

func (d *Disk) newDir() *Dir {
	return &Dir{disk: d, inode: d.nextInode(), now: map[string]Node{}, saved: map[string]Node{}}
}

// Inode is the directory's number.
func (d *Dir) Inode() uint64 { return d.inode }

func (d *Dir) pages() (n int64) {
	for _, node := range d.now {
		n += node.pages()
	}
	return n
}

// Lookup gives what has a name; nil for none.
func (d *Dir) Lookup(name string) Node {
	d.disk.mu.Lock()
	defer d.disk.mu.Unlock()
	return d.now[name]
}

// List gives everything by name.
func (d *Dir) List() map[string]Node {
	d.disk.mu.Lock()
	defer d.disk.mu.Unlock()
	return maps.Clone(d.now)
}

// Create makes an empty file. It reports EIO once power is off.
func (d *Dir) Create(name string) (*File, syscall.Errno) {
	d.disk.mu.Lock()
	defer d.disk.mu.Unlock()
	f := d.disk.newFile()
	return f, d.name(naming{name: f})
}

// Socket makes a name to connect to. It reports EIO once power is off.
func (d *Dir) Socket(name string) (*File, syscall.Errno) {
	d.disk.mu.Lock()
	defer d.disk.mu.Unlock()
	f := d.disk.newFile()
	f.socket = true
	return f, d.name(naming{name: f})
}

// Make makes an empty directory. It reports EIO once power is off.
func (d *Dir) Make(name string) (*Dir, syscall.Errno) {
	d.disk.mu.Lock()
	defer d.disk.mu.Unlock()
	sub := d.disk.newDir()
	return sub, d.name(naming{name: sub})
}

// Remove takes a name away. It reports ENOENT, ENOTEMPTY, or EIO once power is off.
func (d *Dir) Remove(name string) syscall.Errno {
	d.disk.mu.Lock()
	defer d.disk.mu.Unlock()
	node := d.now[name]
	if node == nil {
		return syscall.ENOENT
	}
	if sub, ok := node.(*Dir); ok && len(sub.now) > 0 {
		return syscall.ENOTEMPTY
	}
	d.disk.used -= node.pages()
	return d.name(naming{name: nil})
}

// Rename gives another name within the directory, in the place of what had it. It reports ENOENT, or EIO.
func (d *Dir) Rename(from, to string) syscall.Errno {
	d.disk.mu.Lock()
	defer d.disk.mu.Unlock()
	node := d.now[from]
	if node == nil {
		return syscall.ENOENT
	}
	if from == to {
		return 0
	}
	if replaced := d.now[to]; replaced != nil {
		d.disk.used -= replaced.pages()
	}
	return d.name(naming{from: nil, to: node})
}

func (d *Dir) name(n naming) syscall.Errno {
	return d.disk.step(func() {
		n.apply(d.now)
		d.pending = append(d.pending, n)
	})
}

// Sync saves the names, not what stands under them. It reports EIO.
func (d *Dir) Sync() syscall.Errno {
	d.disk.mu.Lock()
	defer d.disk.mu.Unlock()
	return d.disk.sync(d, d.save, func() { d.pending = nil })
}

// nameOf is the name of a file somewhere below; "/" for none.
func (d *Dir) nameOf(n Node) string {
	for name, node := range d.now {
		if sub, ok := node.(*Dir); ok {
			if found := sub.nameOf(n); found != "/" {
				return found
			}
		} else if node == n {
			return name
		}
	}
	return "/"
}

func (d *Dir) save() {
	for _, n := range d.pending {
		n.apply(d.saved)
	}
	d.pending = nil
}
