package platter

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
)

// Image is a way in which a power cut treats what was not synced.
type Image string

// The images. Mixed draws another one for each cut.
const (
	Drop    Image = "drop"    // nothing of it reached the platter
	All     Image = "all"     // all of it did
	Prefix  Image = "prefix"  // what came first did, the next in part
	Sectors Image = "sectors" // each sector of 512 bytes did or did not
	Pages   Image = "pages"   // each page of 4 KiB did or did not
	Bytes   Image = "bytes"   // torn at any byte: worse than any disk that the failure model knows
	Mixed   Image = "mixed"
)

// Images are all but Mixed.
func Images() []Image { return []Image{Drop, All, Prefix, Sectors, Pages, Bytes} }

const sectorBytes = 512

// ParseImage reports a name that is none.
func ParseImage(name string) (Image, error) {
	for _, i := range append(Images(), Mixed) {
		if string(i) == name {
			return i, nil
		}
	}
	return "", fmt.Errorf("there is no image %q: choose one of %v or %s", name, Images(), Mixed)
}

// restoring is one power cut being decided.
type restoring struct {
	disk   *Disk
	image  Image
	random *rand.Rand
	done   map[Node]Node // whatever had two names has one content
}

// Restore turns power on again: from here on programs see what the image left, and faults are none. Power is off, and
// whoever had files open is gone. Everything gets a new number, so that nothing the kernel remembers can be taken for it.
func (d *Disk) Restore(image Image, random *rand.Rand) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if image == Mixed {
		image = Images()[random.IntN(len(Images()))]
	}
	r := &restoring{d, image, random, map[Node]Node{}}
	d.root = r.of(d.root).(*Dir)
	d.used = d.root.pages()
	d.steps, d.syncs, d.cutAt, d.failSync, d.lying, d.failed, d.mute = 0, 0, 0, 0, false, "", false
	d.off, d.dark = false, make(chan struct{})
}

func (r *restoring) of(n Node) Node {
	if r.done[n] == nil {
		r.done[n] = n.restore(r)
	}
	return r.done[n]
}

func (d *Dir) restore(r *restoring) Node {
	names := maps.Clone(d.saved)
	upto := r.random.IntN(len(d.pending) + 1)
	for i, n := range d.pending {
		if r.reached(i, upto) {
			n.apply(names)
		}
	}
	out := r.disk.newDir()
	for _, name := range slices.Sorted(maps.Keys(names)) { // in order, so that a seed repeats
		out.now[name] = r.of(names[name])
	}
	out.saved = maps.Clone(out.now)
	return out
}

// reached tells of a change that happens whole whether it did.
func (r *restoring) reached(i, upto int) bool {
	switch r.image {
	case Drop:
		return false
	case All:
		return true
	case Prefix:
		return i < upto
	}
	return r.random.IntN(2) == 0
}

func (f *File) restore(r *restoring) Node {
	out := r.disk.newFile()
	out.socket = f.socket
	out.saved = f.saved.clone()
	keep := []float64{0.05, 0.5, 0.95}[r.random.IntN(3)]
	upto := r.random.IntN(len(f.pending) + 1)
	for i, c := range f.pending {
		switch {
		case c.do == writing && r.tears(i, upto):
			r.tear(&out.saved, c, keep)
		case r.reached(i, upto):
			c.apply(&out.saved)
		}
	}
	out.now = out.saved.clone()
	return out
}

// tears says whether a write may have reached the platter in part.
func (r *restoring) tears(i, upto int) bool {
	switch r.image {
	case Drop, All:
		return false
	case Prefix:
		return i == upto
	}
	return true
}

func (r *restoring) tear(to *content, c change, keep float64) {
	if r.image == Prefix {
		to.write(c.off, c.data[:r.random.IntN(len(c.data)+1)/sectorBytes*sectorBytes])
		return
	}
	for from := int64(0); from < int64(len(c.data)); {
		end := min(r.edge(c.off+from)-c.off, int64(len(c.data)))
		if r.random.Float64() < keep {
			to.write(c.off+from, c.data[from:end])
		}
		from = end
	}
}

// edge is where the piece ends that has a byte.
func (r *restoring) edge(at int64) int64 {
	switch r.image {
	case Sectors:
		return (at/sectorBytes + 1) * sectorBytes
	case Pages:
		return (at/PageBytes + 1) * PageBytes
	}
	return at + 1 + r.random.Int64N(sectorBytes)
}
