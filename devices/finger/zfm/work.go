package zfm

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"markaz.example/devices/finger"
)

// Buffers of the module.
const (
	buffer1 = 1
	buffer2 = 2
)

// done is an exchange whose answer holds nothing.
func (s *session) done(c command) error {
	_, err := s.exchange(c, s.answer)
	return err
}

// optional is an exchange of which this model may know nothing; it is asked once and remembered. Only "done" counts as
// known, since a module that does not know a command answers whatever it likes, or nothing.
func (s *session) optional(c command) ([]byte, error) {
	if s.lacks[c[0]] {
		return nil, fmt.Errorf("%s: %w", c.name(), ErrUnsupported)
	}
	if err := s.find(); err != nil {
		return nil, fmt.Errorf("%s: %w", c.name(), err)
	}
	b, err := s.exchange(c, min(s.answer, tendAnswer))
	if !s.unknown(err) {
		return b, err
	}
	s.lacks[c[0]] = true
	return nil, fmt.Errorf("%w (%w)", ErrUnsupported, err)
}

// unknown tells a module that does not know a command from one that answers nothing at all.
func (s *session) unknown(err error) bool {
	var code Code
	return errors.As(err, &code) || errors.Is(err, ErrNoAnswer) && s.resync() == nil
}

// takePicture is one look through the sensor; finger.ErrNoFinger when nothing lies on it.
func (s *session) takePicture() error {
	err := s.done(command{cmdGenImg})
	switch {
	case errors.Is(err, CodeCapture):
		s.failed++
		if s.failed >= capturesFailed {
			s.trouble = finger.ErrSensor
			return fmt.Errorf("%w: %w", finger.ErrSensor, err)
		}
		return fmt.Errorf("%w (%w)", finger.ErrNoFinger, err)
	case errors.Is(err, finger.ErrNoFinger):
		s.unread = 0
		s.setTrouble(false, finger.ErrDirty)
	}
	if err == nil || errors.Is(err, finger.ErrNoFinger) {
		s.failed = 0
		s.setTrouble(false, finger.ErrSensor)
	}
	return err
}

// awaitFinger takes pictures until one shows a finger. An answer that was missed is not the end of it: as long as the
// module is not known to be silent, the next look may succeed.
func (s *session) awaitFinger(ctx context.Context) error {
	for {
		err := s.takePicture()
		if err == nil || !s.passes(err) {
			return err
		}
		if err := s.pause(ctx); err != nil {
			return err
		}
	}
}

// awaitLift takes pictures until one shows none.
func (s *session) awaitLift(ctx context.Context) error {
	for {
		err := s.takePicture()
		if errors.Is(err, finger.ErrNoFinger) && !errors.Is(err, CodeCapture) {
			return nil
		}
		if err != nil && !s.passes(err) {
			return err
		}
		if err := s.pause(ctx); err != nil {
			return err
		}
	}
}

func (s *session) passes(err error) bool {
	return errors.Is(err, finger.ErrNoFinger) || errors.Is(err, ErrNoAnswer) && s.ear.Verdict(time.Now()) == nil
}

// pause waits until the next look; finger.ErrNoFinger at the caller's deadline.
func (s *session) pause(ctx context.Context) error {
	next := time.NewTimer(s.look)
	defer next.Stop()
	select {
	case <-next.C:
		return nil
	case <-s.ctx.Done():
		return s.end(context.Cause(s.ctx))
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return finger.ErrNoFinger
		}
		return context.Cause(ctx)
	}
}

// features works out the last picture into a buffer, and notices a sensor that is dirty: one that shows a finger for a
// long time without a break, of which nothing can be made.
func (s *session) features(buffer byte) error {
	err := s.done(buffered(cmdImg2Tz, buffer))
	switch {
	case err == nil:
		s.unread = 0
		s.setTrouble(false, finger.ErrDirty)
	case errors.Is(err, finger.ErrMessy), errors.Is(err, finger.ErrSmall):
		if s.unread == 0 {
			s.unreadSince = time.Now()
		}
		s.unread++
		if s.unread >= ghostPictures && time.Since(s.unreadSince) >= ghostAge {
			s.trouble = finger.ErrDirty
		}
	}
	return err
}

// takeFinger waits for a finger and works it out into a buffer.
func (s *session) takeFinger(ctx context.Context, buffer byte) error {
	if err := s.awaitFinger(ctx); err != nil {
		return err
	}
	return s.features(buffer)
}

func (s *session) pixels() int { return s.d.Profile.Picture.Width * s.d.Profile.Picture.Height }

// picture fetches the picture that the module holds.
func (s *session) picture() (finger.Picture, error) {
	shape := s.d.Profile.Picture
	line, err := s.fetch(command{cmdUpImage}, s.pixels())
	if err != nil {
		return finger.Picture{}, err
	}
	defer clear(line)
	pix, err := widen(line, s.pixels())
	return finger.Picture{Width: shape.Width, Height: shape.Height, DPI: shape.DPI, Pix: pix}, err
}

func (s *session) template(buffer byte) (Template, error) {
	b, err := s.fetch(buffered(cmdUpChar, buffer), templateMax)
	return Template(b), err
}

// fetch is upload, and once more when something was lost on the line: the module still holds it.
func (s *session) fetch(c command, bytesMax int) ([]byte, error) {
	data, err := s.upload(c, bytesMax)
	if errors.Is(err, ErrTransfer) && s.over == nil {
		data, err = s.upload(c, bytesMax)
	}
	return data, err
}

// upload takes data until its last packet. No packet has a number, so one that lost a byte is missed only because the rest
// of it is noise: any noise between the packets spoils them all.
func (s *session) upload(c command, bytesMax int) ([]byte, error) {
	if err := s.done(c); err != nil {
		return nil, err
	}
	s.spoilt = false
	data := make([]byte, 0, bytesMax) // never grows: a copy left behind would not be wiped
	for last := false; !last; {
		p, err := s.receiveData()
		if err != nil || len(data)+len(p.content) > bytesMax {
			s.astray = true
			clear(data)
			return nil, transferError(c, err)
		}
		data = append(data, p.content...)
		clear(p.content)
		last = p.kind == kindLast
	}
	if s.spoilt {
		clear(data)
		return nil, transferError(c, nil)
	}
	return data, nil
}

// receiveData passes over packets that are no data: late answers.
func (s *session) receiveData() (packet, error) {
	for deadline := time.Now().Add(s.answer); ; {
		p, err := s.receive(deadline)
		if err != nil {
			return p, err
		}
		if p.kind == kindData || p.kind == kindLast {
			s.understood()
			return p, nil
		}
	}
}

func transferError(c command, err error) error {
	if err == nil || errors.Is(err, ErrNoAnswer) {
		return fmt.Errorf("%s: %w", c.name(), ErrTransfer)
	}
	return fmt.Errorf("%s: %w", c.name(), err)
}

// download sends data after the module has agreed to take it.
func (s *session) download(c command, data []byte) error {
	if err := s.done(c); err != nil {
		return err
	}
	size := s.params.PacketBytes
	for len(data) > size {
		if err := s.write(kindData, data[:size]); err != nil {
			return fmt.Errorf("%s: %w", c.name(), err)
		}
		data = data[size:]
	}
	if err := s.write(kindLast, data); err != nil {
		return fmt.Errorf("%s: %w", c.name(), err)
	}
	return nil
}

func (s *session) downloadTemplate(buffer byte, t Template) error {
	if len(t) == 0 || len(t) > templateMax {
		return fmt.Errorf("%w: %d", ErrTemplate, len(t))
	}
	return s.download(buffered(cmdDownChar, buffer), t)
}

// checkPage spares the module a page that it does not have.
func (s *session) checkPage(page, count int) error {
	if page < 0 || count < 1 || page+count > s.params.Library {
		return fmt.Errorf("%w: %d to %d of %d", ErrPage, page, page+count-1, s.params.Library)
	}
	return nil
}

// match compares the two buffers.
func (s *session) match() (score int, err error) {
	b, err := s.exchange(command{cmdMatch}, s.answer)
	if err != nil {
		return 0, err
	}
	return int(binary.BigEndian.Uint16(b)), nil
}

// setParameter writes one and reads all of them back.
func (s *session) setParameter(number, value byte) error {
	if err := s.done(command{cmdSetSysPara, number, value}); err != nil {
		return err
	}
	return s.readParameters()
}

// index reads all tables that the library needs.
func (s *session) index() (all []int, err error) {
	for page := 0; page*indexSpan < min(s.params.Library, libraryMax); page++ {
		b, err := s.exchange(command{cmdIndex, byte(page)}, s.answer)
		if err != nil {
			return nil, err
		}
		all = append(all, pages(b, page*indexSpan)...)
	}
	return all, nil
}
