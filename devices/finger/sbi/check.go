package sbi

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"markaz.example/devices/finger"
)

// asked is a question and what its answer must fit.
type asked struct {
	request  request
	serial   text // of the reader
	position finger.Position
	quality  int
	from     time.Time // when it was sent
}

// firstHash is what the first capture of a transaction follows: the hash of nothing.
func firstHash() string { return link(nil, nil) }

// link is the hash after a capture: upper-case hex of SHA-256 over the bytes of the hash before and of the capture's own
// SHA-256. Without anything before it is the hash of the data.
func link(before, data []byte) string {
	sum := sha256.Sum256(data)
	if before != nil {
		sum = sha256.Sum256(append(append([]byte(nil), before...), sum[:]...))
	}
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// open reads an answer and checks it.
func (a asked) open(j judge, b []byte) (c captured, quality int, err error) {
	if c, err = decodeCapture(b); err == nil {
		quality, err = a.check(j, c)
	}
	return c, quality, err
}

// check holds an answer against its question and returns the capture's quality, 0 to 100. The signature comes first:
// nothing of what is unsigned is worth an error of its own.
func (a asked) check(j judge, c captured) (quality int, err error) {
	var said claims
	defer func() { said.BioValue.wipe() }()
	if err := j.open(c.Data, &said); err != nil {
		return 0, err
	}
	var who identity
	if err := j.open(said.DigitalID, &who); err != nil {
		return 0, fmt.Errorf("digital id: %w", err)
	}
	if err := a.fits(who, said); err != nil {
		return 0, err
	}
	if err := a.inTime(said.Timestamp, j.now()); err != nil {
		return 0, err
	}
	before, err := hex.DecodeString(a.request.Bio[0].Previous)
	if err != nil || len(said.BioValue) == 0 || c.Hash != link(before, said.BioValue) {
		return 0, ErrChain
	}
	if quality = int(said.Quality); quality < a.quality {
		return 0, fmt.Errorf("%w: %d of %d", finger.ErrPoor, quality, a.quality)
	}
	return quality, nil
}

// fits names the first thing that was not asked for.
func (a asked) fits(who identity, said claims) error {
	bio := a.request.Bio[0]
	for _, c := range []struct {
		what string
		fits bool
	}{
		{"reader", who.Serial == a.serial},
		{"transaction", string(said.Transaction) == a.request.Transaction},
		{"environment", strings.EqualFold(string(said.Env), a.request.Env)},
		{"purpose", strings.EqualFold(string(said.Purpose), a.request.Purpose)},
		{"kind", strings.EqualFold(string(said.BioType), typeFinger)},
		{"finger", a.position == finger.Unknown || said.BioSubType == unknownFinger || string(said.BioSubType) == bio.SubTypes[0]},
		{"requested quality", int(said.Requested) == a.quality},
		{"quality", said.Quality >= 0 && said.Quality <= 100},
	} {
		if !c.fits {
			return fmt.Errorf("%w: %s", ErrForeign, c.what)
		}
	}
	return nil
}

// inTime refuses a capture that was not made between the question and now.
func (a asked) inTime(stamp text, now time.Time) error {
	at, err := parseTime(stamp)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForeign, err)
	}
	if at.Before(a.from.Add(-timeSkew)) || at.After(now.Add(timeSkew)) {
		return fmt.Errorf("%w by %v; set the box's, then let the reader's service set its own", finger.ErrClock, at.Sub(now).Round(time.Second))
	}
	return nil
}
