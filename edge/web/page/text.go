package page

import (
	"embed"

	"markaz.example/edge/screen"
)

//go:embed text
var textFiles embed.FS

type texts = screen.Texts

func readTexts(l Lang) (texts, error) { return screen.ReadTexts(textFiles, l) }

// Texts are the texts of a language that are compiled in, for what is said as well as shown.
func Texts(l Lang) (screen.Texts, error) { return readTexts(l) }
