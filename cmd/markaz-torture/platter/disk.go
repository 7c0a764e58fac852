package platter

import (
	"sync"
	"syscall"
)

// Disk is a volume. Any goroutine may call it. The zero Disk cannot be used: see New.
type Disk struct {
	mu    sync.Mutex // guards everything below, and every node
	root  *Dir
	inode uint64 // the last that was given

	steps int64
	syncs int64
	cutAt int64 // the step at which power goes off; 0 is never
	off   bool
	dark  chan struct{} // closed when power goes off

	lying    bool
	failSync int64  // the sync, counted from New or Arm, that fails; 0 is none
	forget   bool   // what a failed sync was to save is dropped: the kernel calls it clean
	failed   string // of what a sync failed as asked; empty for none

	used, room int64 // pages; room 0 is without end
	mute       bool
}

// New is an empty disk with its power on.
func New() *Disk {
	d := &Disk{dark: make(chan struct{})}
	d.root = d.newDir()
	return d
}

// Fault is what is to go wrong from now on. Steps and syncs are counted from here.
type Fault struct {
	CutAt    int64 // power goes off at this I/O: it may have reached the platter in part, and nobody is told. 0 is never
	Lying    bool  // a sync answers and does nothing
	FailSync int64 // this sync answers with an I/O error; 0 is none
	Forget   bool  // and what it was to save is never written, though it can still be read
	Mute     bool  // a disk without room answers with an I/O error instead of saying so
}

// Arm sets what goes wrong from now on.
func (d *Disk) Arm(f Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.steps, d.syncs, d.failed = 0, 0, ""
	d.cutAt, d.lying, d.failSync, d.forget, d.mute = f.CutAt, f.Lying, f.FailSync, f.Forget, f.Mute
}

// Room bounds what files take, in pages; 0 is without end. Files that take more already keep it.
func (d *Disk) Room(pages int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.room = pages
}

// Usage is what files take and may take, in pages.
func (d *Disk) Usage() (used, room int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.used, d.room
}

// Steps are the I/Os since Arm.
func (d *Disk) Steps() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.steps
}

// Failed is whether a sync failed as asked since Arm, and the name that the file had which it was to save; "/" for a
// directory.
func (d *Disk) Failed() (name string, failed bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.failed, d.failed != ""
}

// Root is the top directory. After Restore it is another.
func (d *Disk) Root() *Dir {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.root
}

// Dark is closed when power goes off.
func (d *Disk) Dark() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dark
}

// Cut turns power off, if it is on.
func (d *Disk) Cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cut()
}

func (d *Disk) cut() {
	if !d.off {
		d.off = true
		close(d.dark)
	}
}

// step is one I/O that changes something; d.mu is held. What is under way when power goes off may have reached the
// platter: it is recorded, and its caller is told that it failed.
func (d *Disk) step(do func()) syscall.Errno {
	if d.off {
		return syscall.EIO
	}
	d.steps++
	do()
	if d.steps == d.cutAt {
		d.cut()
		return syscall.EIO
	}
	return 0
}

// sync is one I/O that saves something; d.mu is held. One under way when power goes off has saved nothing for sure.
func (d *Disk) sync(n Node, save, forget func()) syscall.Errno {
	if e := d.step(func() {}); e != 0 {
		return e
	}
	d.syncs++
	if d.syncs == d.failSync {
		d.failed = d.root.nameOf(n)
		if d.forget {
			forget()
		}
		return syscall.EIO
	}
	if !d.lying {
		save()
	}
	return 0
}

// take reports ENOSPC where there is no room for pages; d.mu is held.
func (d *Disk) take(pages int64) syscall.Errno {
	switch {
	case d.room == 0 || pages == 0 || d.used+pages <= d.room:
		return 0
	case d.mute:
		return syscall.EIO
	}
	return syscall.ENOSPC
}

func (d *Disk) nextInode() uint64 { d.inode++; return d.inode }
