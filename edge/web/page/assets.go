package page

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"

	"markaz.example/edge/screen"
)

//go:embed assets
var assetFiles embed.FS

// fontNames is what the file system of fonts must hold.
func fontNames() []string {
	return []string{
		"NotoNastaliqUrdu-Regular.ttf", "NotoNastaliqUrdu-Bold.ttf", "NotoSans-Regular.ttf", "NotoSans-Bold.ttf",
	}
}

func newAssets(fonts fs.FS) (screen.Assets, error) {
	for _, name := range fontNames() {
		if _, err := fs.Stat(fonts, name); err != nil {
			return screen.Assets{}, fmt.Errorf("font for pages: %w", err)
		}
	}
	files, err := fs.Sub(assetFiles, "assets")
	return screen.Assets{Files: files, Fonts: fonts}, err
}

// Assets serves /assets/fonts/NAME and /assets/BUILD/NAME.
func (k *Kit) Assets() http.Handler { return k.assets }
