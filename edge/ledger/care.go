package ledger

import (
	"os"
	"slices"

	"markaz.example/edge/chain"
	"markaz.example/edge/disk"
	"markaz.example/edge/patrol"
)

// ballastSuffix names the file beside the ledger that keeps room back.
const ballastSuffix = ".ballast"

// Rationing says what goes on when room is short. The zero value holds nothing back and refuses nothing before the disk does.
type Rationing struct {
	Ballast int64    // bytes that are kept back beside the file, for the books of Queue; 0 keeps nothing back
	Spare   int64    // free room below which the books of Large are refused; 0 means disk.ScarceBytes
	Queue   []string // books that go on to the last
	Large   []string // books that are refused first

	Free func(dir string) int64 // how much room a volume has; nil asks the kernel
}

// until is the shortest room in which a book goes on.
func (r Rationing) until(book string) disk.Room {
	switch {
	case r.Ballast == 0 || slices.Contains(r.Queue, book) || book == own().Name:
		return disk.Spent
	case slices.Contains(r.Large, book):
		return disk.Ample
	}
	return disk.Scarce
}

// care is what is known of the file beside its records.
type care struct {
	spoilt  int    // headers that were damaged when it was opened
	missed  uint64 // guarded by Ledger.mu: times the witness was not written
	witness error  // why the witness cannot be kept; guarded by Ledger.mu after Open

	head, held chain.Position // that the witness says; owned by tend
}

// Disk is how the file and what is below it are, for whoever looks after the box. Nothing in it is about a person.
type Disk struct {
	Volume  disk.Volume  `json:"volume"`
	Room    disk.Room    `json:"room"`
	Syncs   disk.Summary `json:"syncs"`             // of a small file beside the ledger
	Commits disk.Summary `json:"commits"`           // of the ledger: two syncs and what they write
	Lies    bool         `json:"lies"`              // the drive is faster than a drive can be
	Witness string       `json:"witness,omitempty"` // why the head's witness cannot be kept
	Missed  uint64       `json:"witness_missed"`    // times it was not written
	Spoilt  int          `json:"spoilt_headers"`    // of two, when the file was opened
	Walk    patrol.State `json:"walk"`              // of the chain, in the background
}

// Room is how much there is on the disk, in the words of what is still taken.
func (l *Ledger) Room() disk.Room { return l.ballast.Room() }

// Disk tells how the file and what is below it are.
func (l *Ledger) Disk() Disk {
	v, err := disk.Look(l.path)
	if err != nil {
		l.log.Warn("the ledger's volume cannot be looked at", "err", err)
	}
	d := Disk{
		Volume: v, Room: l.ballast.Room(), Syncs: l.syncs.Summary(), Commits: l.commits.Summary(),
		Spoilt: l.care.spoilt, Walk: l.patrol.State(),
	}
	d.Lies = v.Lies(d.Syncs)
	l.mu.Lock()
	defer l.mu.Unlock()
	if d.Missed = l.care.missed; l.care.witness != nil {
		d.Witness = l.care.witness.Error()
	}
	return d
}

func (l *Ledger) note(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.care.witness = err; err != nil {
		l.care.missed++
	}
}

// look takes stock of the volume, gives the file's length its blocks, and tells the writer how far it may grow.
func (l *Ledger) look() {
	if l.ballast.Bytes == 0 {
		return
	}
	before := l.ballast.Room()
	if now := l.ballast.Look(); now != before {
		l.log.Warn("room on the disk has changed", "room", now.String())
	}
	if err := disk.Fill(l.path); err != nil {
		l.log.Debug("the ledger's room was not taken ahead", "err", err)
	}
	l.bound()
}

// bound sets how large the file may become.
func (l *Ledger) bound() {
	info, err := os.Stat(l.path)
	if err != nil {
		return // the next commit says it
	}
	l.ceiling.Store(l.ballast.Ceiling(info.Size()))
}

// release gives the ballast up when a commit found no room, and tells whether it is worth another try.
func (l *Ledger) release() bool {
	if !l.ballast.Release() {
		return false
	}
	l.log.Error("the disk is full: the ballast is given up, and only the queue goes on", "seq", l.head.Seq)
	l.ceiling.Store(0)
	return true
}
