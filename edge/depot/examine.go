package depot

import (
	"fmt"
	"os"

	packbook "markaz.example/edge/book/pack"
)

// Examine reads the content of what is in use from a depot's directory, and changes nothing, while a box runs or not. It
// reports a content that is not there, and pack.ErrContent.
func Examine(dir string, s packbook.Series) error {
	if s.Active == nil {
		return nil
	}
	m := s.Active.Manifest(s.Name)
	b, err := os.ReadFile(shelf{dir}.path(m.Digest, wholeExt))
	if err != nil {
		return fmt.Errorf("read a pack: %w", err)
	}
	return m.Fits(b)
}
