package zfm

import (
	"context"
	"encoding/binary"
	"fmt"

	"markaz.example/devices/finger"
)

// Capture waits for a finger and fetches its picture. The context bounds the wait for the finger, and ErrNoFinger is the
// answer at its deadline; once there is a picture Capture stays until it is here, which at 57,600 baud takes 7 seconds.
// The caller wipes the capture.
func (d *Driver) Capture(ctx context.Context, p finger.Position) (finger.Capture, error) {
	return get(ctx, d, func(s *session) (finger.Capture, error) {
		if err := s.takeFinger(ctx, buffer1); err != nil {
			return finger.Capture{}, err
		}
		picture, err := s.picture()
		if err != nil {
			return finger.Capture{}, err
		}
		c := finger.Capture{Position: p, Quality: finger.Quality(picture), Picture: &picture}
		if c.Quality < d.Profile.QualityMin {
			c.Wipe()
			return finger.Capture{}, fmt.Errorf("%w: %d, asked for %d", finger.ErrPoor, c.Quality, d.Profile.QualityMin)
		}
		return c, nil
	})
}

// Step is what the person at the reader is to do next.
type Step int

// The steps of an enrolment.
const (
	Press Step = iota // put the finger on the glass
	Lift              // take it away
	Again             // put the same finger on once more
)

// Enrol takes the same finger twice and makes a template of both. tell, unless nil, is called before each step and must
// not wait. finger.ErrDifferent when they were two fingers. The context bounds the waits for the finger. The caller wipes
// the template.
func (d *Driver) Enrol(ctx context.Context, tell func(Step)) (Template, error) {
	if tell == nil {
		tell = func(Step) {}
	}
	return get(ctx, d, func(s *session) (Template, error) {
		tell(Press)
		if err := s.takeFinger(ctx, buffer1); err != nil {
			return nil, err
		}
		tell(Lift)
		if err := s.awaitLift(ctx); err != nil {
			return nil, err
		}
		tell(Again)
		if err := s.takeFinger(ctx, buffer2); err != nil {
			return nil, err
		}
		return s.merged()
	})
}

// merged makes one template of both buffers and fetches it.
func (s *session) merged() (Template, error) {
	if err := s.done(command{cmdRegModel}); err != nil {
		return nil, err
	}
	return s.template(buffer1)
}

// LastPicture fetches the picture that the module still holds, such as that of the second press of an enrolment. The
// caller wipes it.
func (d *Driver) LastPicture(ctx context.Context) (finger.Picture, error) {
	return get(ctx, d, (*session).picture)
}

// TemplateOf makes a template of a picture that was kept, so that a library can be filled again on a new module. The
// picture must be of the profile's size.
func (d *Driver) TemplateOf(ctx context.Context, p finger.Picture) (Template, error) {
	return get(ctx, d, func(s *session) (Template, error) {
		if len(p.Pix) != s.pixels() || p.Width != d.Profile.Picture.Width {
			return nil, fmt.Errorf("%w: %d by %d", ErrPicture, p.Width, p.Height)
		}
		line := narrow(p.Pix)
		defer clear(line)
		if err := s.download(command{cmdDownImage}, line); err != nil {
			return nil, err
		}
		for _, buffer := range []byte{buffer1, buffer2} {
			if err := s.features(buffer); err != nil {
				return nil, err
			}
		}
		return s.merged()
	})
}

// Match waits for a finger and compares it with a template. finger.ErrNoMatch when it is another's.
func (d *Driver) Match(ctx context.Context, t Template) (score int, err error) {
	return get(ctx, d, func(s *session) (int, error) {
		if err := s.downloadTemplate(buffer2, t); err != nil {
			return 0, err
		}
		return s.matchFinger(ctx)
	})
}

// MatchPage waits for a finger and compares it with a page of the library. finger.ErrNoMatch when it is another's.
func (d *Driver) MatchPage(ctx context.Context, page int) (score int, err error) {
	return get(ctx, d, func(s *session) (int, error) {
		if err := s.load(buffer2, page); err != nil {
			return 0, err
		}
		return s.matchFinger(ctx)
	})
}

func (s *session) matchFinger(ctx context.Context) (int, error) {
	if err := s.takeFinger(ctx, buffer1); err != nil {
		return 0, err
	}
	return s.match()
}

func (s *session) load(buffer byte, page int) error {
	if err := s.checkPage(page, 1); err != nil {
		return err
	}
	return s.done(paged(cmdLoadChar, buffer, page))
}

// Found is who a search found.
type Found struct {
	Page  int // in the library
	Score int // the module's own; higher is surer
}

// Search waits for a finger and looks for it in the whole library. finger.ErrNoMatch when nobody there is like it.
func (d *Driver) Search(ctx context.Context) (Found, error) {
	return get(ctx, d, func(s *session) (Found, error) {
		if err := s.takeFinger(ctx, buffer1); err != nil {
			return Found{}, err
		}
		b, err := s.exchange(searching(cmdSearch, buffer1, 0, s.params.Library), searchFactor*s.answer)
		if err != nil {
			return Found{}, err
		}
		return Found{int(binary.BigEndian.Uint16(b)), int(binary.BigEndian.Uint16(b[2:]))}, nil
	})
}

// UpTemplate fetches a page of the library. The caller wipes it.
func (d *Driver) UpTemplate(ctx context.Context, page int) (Template, error) {
	return get(ctx, d, func(s *session) (Template, error) {
		if err := s.load(buffer1, page); err != nil {
			return nil, err
		}
		return s.template(buffer1)
	})
}

// Store puts a template into the library, over what the page held. ErrPage beyond the library's end.
func (d *Driver) Store(ctx context.Context, page int, t Template) error {
	return d.do(ctx, func(s *session) error {
		if err := s.checkPage(page, 1); err != nil {
			return err
		}
		if err := s.downloadTemplate(buffer1, t); err != nil {
			return err
		}
		return s.done(paged(cmdStore, buffer1, page))
	})
}

// Delete empties count pages from the given one.
func (d *Driver) Delete(ctx context.Context, page, count int) error {
	return d.do(ctx, func(s *session) error {
		if err := s.checkPage(page, count); err != nil {
			return err
		}
		return s.done(deleting(page, count))
	})
}

// Empty deletes the whole library.
func (d *Driver) Empty(ctx context.Context) error {
	return d.do(ctx, func(s *session) error {
		_, err := s.exchange(command{cmdEmpty}, searchFactor*s.answer)
		return err
	})
}

// Index lists the pages that hold a template, rising.
func (d *Driver) Index(ctx context.Context) ([]int, error) { return get(ctx, d, (*session).index) }

// Count is how many pages hold a template.
func (d *Driver) Count(ctx context.Context) (int, error) {
	return get(ctx, d, func(s *session) (int, error) {
		b, err := s.exchange(command{cmdCount}, s.answer)
		if err != nil {
			return 0, err
		}
		return int(binary.BigEndian.Uint16(b)), nil
	})
}
