package slip

import (
	"errors"
	"fmt"
	"sync"
)

// ErrTooTall is returned by Compose for a Doc that passes HeightMax.
var ErrTooTall = errors.New("slip is too tall")

// Composer draws slips. Any goroutine may call it; slips are drawn one at a time.
type Composer struct {
	mu     sync.Mutex
	setter setter // guarded by mu
}

// NewComposer parses the embedded fonts. It fails only if the program was built with a broken font file.
func NewComposer() (*Composer, error) {
	regular, err := openFaces("Regular")
	if err != nil {
		return nil, err
	}
	bold, err := openFaces("Bold")
	if err != nil {
		return nil, err
	}
	return &Composer{setter: setter{regular: regular, bold: bold, masks: newMasks(cacheBytesMax)}}, nil
}

// Compose draws doc on paper of the given width in dots. The slip is as tall as its blocks and at least one dot.
// Errors: ErrTooTall; otherwise text that names the block, counted from 0, and its fault.
func (c *Composer) Compose(doc Doc, width int) (*Bitmap, error) {
	if width < WidthMin || width > WidthMax {
		return nil, fmt.Errorf("slip: width %d dots is outside %d to %d", width, WidthMin, WidthMax)
	}
	if len(doc.Blocks) == 0 || len(doc.Blocks) > blocksMax {
		return nil, fmt.Errorf("slip: %d blocks is outside 1 to %d", len(doc.Blocks), blocksMax)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	strips, height, err := c.lay(doc, width)
	if err != nil {
		return nil, err
	}
	return paint(strips, width, height), nil
}

func (c *Composer) lay(doc Doc, width int) (strips []strip, height int, err error) {
	for i, block := range doc.Blocks {
		if block == nil {
			return nil, 0, fmt.Errorf("slip: block %d is nil", i)
		}
		s, err := block.lay(&c.setter, width)
		if err != nil {
			return nil, 0, fmt.Errorf("slip: block %d: %w", i, err)
		}
		strips = append(strips, s)
		height += s.height
		if height > HeightMax {
			return nil, 0, fmt.Errorf("slip: block %d ends at %d of %d dots: %w", i, height, HeightMax, ErrTooTall)
		}
	}
	return strips, height, nil
}

func paint(strips []strip, width, height int) *Bitmap {
	paper := NewBitmap(width, max(height, 1))
	top := 0
	for _, s := range strips {
		s.draw(paper, top)
		top += s.height
	}
	return paper
}
