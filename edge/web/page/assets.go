package page

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed assets
var assetFiles embed.FS

// assets is what browsers load besides pages. Every address carries the build or the font's version, so a browser may
// keep what it has for ever.
type assets struct {
	files fs.FS
	fonts fs.FS
}

// fontNames is what the file system of fonts must hold.
func fontNames() []string {
	return []string{
		"NotoNastaliqUrdu-Regular.ttf", "NotoNastaliqUrdu-Bold.ttf", "NotoSans-Regular.ttf", "NotoSans-Bold.ttf",
	}
}

func newAssets(fonts fs.FS) (assets, error) {
	for _, name := range fontNames() {
		if _, err := fs.Stat(fonts, name); err != nil {
			return assets{}, fmt.Errorf("font for pages: %w", err)
		}
	}
	files, err := fs.Sub(assetFiles, "assets")
	if err != nil {
		return assets{}, err
	}
	return assets{files: files, fonts: fonts}, nil
}

// buildOf names what the trees hold: 12 hexadecimal digits.
func buildOf(before string, trees ...fs.FS) (string, error) {
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

// Assets serves /assets/fonts/NAME and /assets/BUILD/NAME.
func (k *Kit) Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dir, name := path.Split(strings.TrimPrefix(r.URL.Path, "/assets/"))
		tree := k.assets.files
		if dir == "fonts/" {
			tree = k.assets.fonts
		}
		if !fs.ValidPath(name) || name == "." {
			http.NotFound(w, r)
			return
		}
		if _, err := fs.Stat(tree, name); err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		http.ServeFileFS(w, r, tree, name)
	})
}
