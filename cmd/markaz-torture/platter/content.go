package platter

import "maps"

// PageBytes is what room is counted in, and how Pages tears: the page of bbolt and of the kernel.
const PageBytes = 4096

// page is never written to again once it is in a content, so that clones share it.
type page *[PageBytes]byte

// blank is a page that was allocated and not written.
var blank = page(new([PageBytes]byte))

// content is the bytes of a file. Pages that were never written take no room.
type content struct {
	size  int64
	pages map[int64]page
}

func newContent() content { return content{pages: map[int64]page{}} }

func (c content) clone() content { return content{c.size, maps.Clone(c.pages)} }

func (c *content) read(dest []byte, off int64) int {
	n := int(min(int64(len(dest)), c.size-off))
	if n <= 0 {
		return 0
	}
	clear(dest[:n])
	for done := 0; done < n; {
		at := off + int64(done)
		within := at % PageBytes
		step := min(n-done, int(PageBytes-within))
		if p := c.pages[at/PageBytes]; p != nil {
			copy(dest[done:done+step], p[within:])
		}
		done += step
	}
	return n
}

func (c *content) write(off int64, data []byte) {
	c.size = max(c.size, off+int64(len(data)))
	for len(data) > 0 {
		within := off % PageBytes
		next := new([PageBytes]byte)
		if old := c.pages[off/PageBytes]; old != nil {
			*next = *old
		}
		n := copy(next[within:], data)
		c.pages[off/PageBytes] = next
		data, off = data[n:], off+int64(n)
	}
}

// resize cuts or grows; what is grown reads as zeros and takes no room.
func (c *content) resize(size int64) {
	if size < c.size {
		maps.DeleteFunc(c.pages, func(at int64, _ page) bool { return at*PageBytes >= size })
		if last := c.pages[size/PageBytes]; last != nil {
			kept := *last
			clear(kept[size%PageBytes:])
			c.pages[size/PageBytes] = &kept
		}
	}
	c.size = size
}

// allocate takes room for a range without changing what is read.
func (c *content) allocate(off, n int64) {
	for at := off / PageBytes; at*PageBytes < off+n; at++ {
		if c.pages[at] == nil {
			c.pages[at] = blank
		}
	}
}

// change is one thing that was done to a content.
type change struct {
	do   deed
	off  int64 // of a write or an allocation; the new size of a resize
	n    int64 // bytes to allocate
	data []byte
}

type deed uint8

const (
	writing deed = iota
	resizing
	allocating
)

func (c change) apply(to *content) {
	switch c.do {
	case writing:
		to.write(c.off, c.data)
	case resizing:
		to.resize(c.off)
	case allocating:
		to.allocate(c.off, c.n)
	}
}

// needs is how many pages it would take that are not there yet.
func (c change) needs(of content) (n int64) {
	off, end := c.off, c.off+int64(len(c.data))
	switch c.do {
	case resizing:
		return 0
	case allocating:
		end = c.off + c.n
	}
	for at := off / PageBytes; at*PageBytes < end; at++ {
		if of.pages[at] == nil {
			n++
		}
	}
	return n
}
