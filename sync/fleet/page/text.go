package page

import (
	"embed"

	"markaz.example/edge/screen"
)

//go:embed text
var textFiles embed.FS

type texts = screen.Texts

func readTexts(l Lang) (texts, error) { return screen.ReadTexts(textFiles, l) }
