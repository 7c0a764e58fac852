package machine

import (
	"fmt"
	"io"
	"path"
	"strings"
)

// archive writes an initramfs: cpio, format newc, owner root. Source: Linux
// Documentation/driver-api/early-userspace/buffer-format.rst.
type archive struct {
	w     io.Writer
	inode int
	made  map[string]bool // folders
	err   error           // the first; nothing is written after it
}

func newArchive(w io.Writer) *archive { return &archive{w: w, made: make(map[string]bool)} }

// Kinds of files, as in st_mode.
const modeFolder, modeFile = 0o040000, 0o100000

// file adds a file and the folders above it. Name is absolute.
func (a *archive) file(name string, mode int, content []byte) {
	a.folder(path.Dir(name))
	a.entry(name, modeFile|mode, content)
}

func (a *archive) folder(name string) {
	if name == "/" || a.made[name] {
		return
	}
	a.folder(path.Dir(name))
	a.made[name] = true
	a.entry(name, modeFolder|0o755, nil)
}

// close writes the end mark and gives the first error.
func (a *archive) close() error {
	a.entry("/TRAILER!!!", 0, nil)
	return a.err
}

func (a *archive) entry(name string, mode int, content []byte) {
	name = strings.TrimPrefix(name, "/")
	a.inode++
	const links, zero = 1, 0
	head := "070701"
	for _, field := range []int{
		a.inode, mode, zero, zero, links, zero, len(content), zero, zero, zero, zero, len(name) + 1, zero,
	} {
		head += fmt.Sprintf("%08x", field)
	}
	a.padded([]byte(head + name + "\x00"))
	a.padded(content)
}

// padded fills up to a multiple of four bytes.
func (a *archive) padded(b []byte) {
	for _, piece := range [][]byte{b, make([]byte, -len(b)&3)} {
		if a.err == nil {
			_, a.err = a.w.Write(piece)
		}
	}
}
