// Package plugtest is the kernel's tree of devices as it looks on a box of a centre, for tests.
package plugtest

import (
	_ "embed"
	"io/fs"
	"path"
	"strings"
	"testing/fstest"
)

//go:embed centre.txt
var centre string

// Centre is the tree that centre.txt describes. It may be changed: it is the caller's own.
func Centre() fstest.MapFS {
	tree := fstest.MapFS{}
	dir := ""
	for line := range strings.Lines(centre) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case strings.HasSuffix(line, ":"):
			dir = strings.TrimSuffix(line, ":")
		default:
			add(tree, dir, line)
		}
	}
	return tree
}

func add(tree fstest.MapFS, dir, line string) {
	if name, target, ok := strings.Cut(line, " -> "); ok {
		tree[path.Join(dir, name)] = &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink | 0o777}
		return
	}
	name, text, _ := strings.Cut(line, " = ")
	tree[path.Join(dir, name)] = &fstest.MapFile{Data: []byte(text + "\n"), Mode: 0o444}
}

// Unplug takes a device and all links to it away, by its socket.
func Unplug(tree fstest.MapFS, socket string) {
	for name, file := range tree {
		link := file.Mode&fs.ModeSymlink != 0
		if strings.Contains(name+"/", "/"+socket+"/") || link && strings.Contains(string(file.Data)+"/", "/"+socket+"/") {
			delete(tree, name)
		}
	}
}

// Rename gives a serial line the name that the kernel would give it the next time.
func Rename(tree fstest.MapFS, from, to string) {
	for name, file := range tree {
		if path.Base(name) == from {
			delete(tree, name)
			tree[path.Join(path.Dir(name), to)] = file
		}
	}
}
