package slip

import (
	"bytes"
	"embed"
	"fmt"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
)

// Fonts holds the six faces of a slip and their licence under fonts/, for whoever draws the same words on a screen: the
// Regular and Bold of NotoNastaliqUrdu, NotoNaskhArabic and NotoSans, each NAME-WEIGHT.ttf, and OFL.txt.
// Source: Debian fonts-noto-core 20201225, SIL Open Font License 1.1.
//
//go:embed fonts/*.ttf fonts/OFL.txt
var Fonts embed.FS

// faces is one weight. It answers the segmenter's question: which face draws this rune?
type faces struct {
	nastaliq, naskh, sans *font.Face

	plain bool // Arabic letters in Naskh
}

func openFaces(weight string) (faces, error) {
	nastaliq, err := openFace("fonts/NotoNastaliqUrdu-" + weight + ".ttf")
	if err != nil {
		return faces{}, err
	}
	naskh, err := openFace("fonts/NotoNaskhArabic-" + weight + ".ttf")
	if err != nil {
		return faces{}, err
	}
	sans, err := openFace("fonts/NotoSans-" + weight + ".ttf")
	return faces{nastaliq: nastaliq, naskh: naskh, sans: sans}, err
}

func openFace(path string) (*font.Face, error) {
	raw, err := Fonts.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("slip: open font: %w", err)
	}
	face, err := font.ParseTTF(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("slip: parse font %s: %w", path, err)
	}
	return face, nil
}

// ResolveFace gives Arabic letters to Nastaliq, or to Naskh where that is wanted, and everything else to Sans; what the proper face lacks goes to the other,
// and what both lack to Sans, whose glyph for the unknown is an empty box.
func (f *faces) ResolveFace(r rune) *font.Face {
	arabic := f.nastaliq
	if f.plain {
		arabic = f.naskh
	}
	first, second := f.sans, arabic
	if language.LookupScript(r) == language.Arabic {
		first, second = arabic, f.sans
	}
	for _, face := range []*font.Face{first, second} {
		if _, ok := face.NominalGlyph(r); ok {
			return face
		}
	}
	return f.sans
}
