package screen

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// forEver is a year: what browsers take for ever.
const forEver = "public, max-age=31536000, immutable"

// Assets are what browsers load besides pages. Every address carries the build or the font's version, so a browser may
// keep what it has for ever.
type Assets struct {
	Files fs.FS
	Fonts fs.FS             // nil for none
	Made  map[string][]byte // put together at start, by name; goes before Files
}

// ServeHTTP serves /assets/fonts/NAME and /assets/BUILD/NAME.
func (a Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	dir, name := path.Split(strings.TrimPrefix(r.URL.Path, "/assets/"))
	if made, ok := a.Made[name]; ok && dir != "fonts/" {
		w.Header().Set("Cache-Control", forEver)
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(made))
		return
	}
	tree := a.Files
	if dir == "fonts/" {
		tree = a.Fonts
	}
	if tree == nil || !fs.ValidPath(name) || name == "." {
		http.NotFound(w, r)
		return
	}
	if _, err := fs.Stat(tree, name); err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", forEver)
	http.ServeFileFS(w, r, tree, name)
}

// BuildOf names what the trees hold, and what was named before: 12 hexadecimal digits.
func BuildOf(before string, trees ...fs.FS) (string, error) {
	h := sha256.New()
	h.Write([]byte(before))
	for _, tree := range trees {
		err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := fs.ReadFile(tree, name)
			fmt.Fprintf(h, "%s %d\n", name, len(b))
			h.Write(b)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("name the build: %w", err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:6]), nil
}
