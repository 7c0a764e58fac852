package slip

import (
	"fmt"
	"strings"

	"github.com/go-text/typesetting/di"
)

// ShapeWord shapes one Urdu word at 1,000 dots per em, the fonts' own units, and prints it as hb-shape does with
// --no-glyph-names --no-clusters: glyph@offset+advance, from left to right.
func (c *Composer) ShapeWord(word string, bold bool) string {
	var glyphs []string
	for _, run := range c.setter.shape([]rune(word), di.DirectionRTL, Text{Size: 1000, Bold: bold}) {
		for _, g := range run.Glyphs {
			offset := ""
			if g.XOffset != 0 || g.YOffset != 0 {
				offset = fmt.Sprintf("@%d,%d", g.XOffset.Round(), g.YOffset.Round())
			}
			glyphs = append(glyphs, fmt.Sprintf("%d%s+%d", g.GlyphID, offset, g.Advance.Round()))
		}
	}
	return "[" + strings.Join(glyphs, "|") + "]"
}

// IsolateNumbers opens isolateNumbers to tests.
func IsolateNumbers(s string) string { return isolateNumbers(s) }

// CacheBytes counts what both generations of glyph masks hold.
func (c *Composer) CacheBytes() int {
	total := 0
	for _, generation := range []map[maskKey]mask{c.setter.masks.young, c.setter.masks.old} {
		for _, m := range generation {
			total += len(m.dots.Bits) + maskEntryBytes
		}
	}
	return total
}

// CacheBytesMax is the bound of both generations.
const CacheBytesMax = 2 * cacheBytesMax
