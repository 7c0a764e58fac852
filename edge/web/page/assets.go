package page

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"

	"markaz.example/edge/screen"
)

//go:embed assets
var assetFiles embed.FS

// fontNames is what the file system of fonts must hold.
func fontNames() []string {
	return []string{
		"NotoNastaliqUrdu-Regular.ttf", "NotoNastaliqUrdu-Bold.ttf", "NotoNaskhArabic-Regular.ttf", "NotoNaskhArabic-Bold.ttf",
		"NotoSans-Regular.ttf", "NotoSans-Bold.ttf",
	}
}

func newAssets(fonts fs.FS) (screen.Assets, error) {
	for _, name := range fontNames() {
		if _, err := fs.Stat(fonts, name); err != nil {
			return screen.Assets{}, fmt.Errorf("font for pages: %w", err)
		}
	}
	files, err := fs.Sub(assetFiles, "assets")
	if err != nil {
		return screen.Assets{}, err
	}
	sheet, err := joined(files)
	return screen.Assets{Files: files, Fonts: fonts, Made: map[string][]byte{"markaz.css": sheet}}, err
}

// The dark colours stand twice in the sheet: for what is marked dark, and for pages that follow the person's setting.
const (
	darkScope   = `[data-theme="dark"]`
	followScope = `:root:not([data-theme])`
	byNight     = "@media (prefers-color-scheme: dark) {\n%s}\n"
)

// joined is the one sheet of every page, made of the files in css: tokens, dark, base and components, then one for each
// page in the order of their names, and last what overrules all. A page's file therefore holds only classes of its own.
func joined(files fs.FS) ([]byte, error) {
	names, err := fs.Glob(files, "css/*.css")
	if err != nil {
		return nil, err
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(sheetPlace(a), sheetPlace(b)), cmp.Compare(a, b))
	})
	var sheet bytes.Buffer
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		sheet.Write(b)
		sheet.WriteByte('\n')
		if path.Base(name) == "dark.css" {
			fmt.Fprintf(&sheet, byNight, bytes.ReplaceAll(b, []byte(darkScope), []byte(followScope)))
		}
	}
	for _, l := range screen.Langs() {
		if !slices.Contains(screen.Full(), l) { // those have their lines in base.css
			fmt.Fprintf(&sheet, "[lang=%q] { font-family: var(--%s); }\n", l, l.Language().Font)
		}
	}
	return sheet.Bytes(), nil
}

// sheetPlace is where a file stands in the sheet. The names that are not here are pages.
func sheetPlace(name string) int {
	switch path.Base(name) {
	case "tokens.css":
		return 0
	case "dark.css":
		return 1
	case "base.css":
		return 2
	case "components.css":
		return 3
	case "last.css":
		return 5
	}
	return 4
}

// Assets serves /assets/fonts/NAME and /assets/BUILD/NAME.
func (k *Kit) Assets() http.Handler { return k.assets }
