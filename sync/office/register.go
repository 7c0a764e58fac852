package office

import (
	"bytes"
	"crypto/subtle"
	"time"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/id"
)

// Register shows who may speak, as committed. Any goroutine may call it.
type Register struct {
	// View is archive.Archive's ViewOffice.
	View func(look func(b *bolt.Bucket) error) error
}

// Admit is the function of that name.
func (r Register) Admit(centre id.Centre, serial []byte) error {
	return r.View(func(b *bolt.Bucket) error { return Admit(b, centre, serial) })
}

// Enrolment is a centre's newest enrolment; false when it never was enrolled here, nor revoked.
func (r Register) Enrolment(centre id.Centre) (e Enrolment, known bool, err error) {
	err = r.View(func(b *bolt.Bucket) (err error) {
		e, known, err = EnrolmentOf(b, centre)
		return err
	})
	return e, known, err
}

// Opens reports whether a secret of that hash is the one of the centre's newest code, used or not.
func (r Register) Opens(centre id.Centre, secret []byte) (opens bool, err error) {
	err = r.View(func(b *bolt.Bucket) error {
		c, ok, err := get[code](b, codesName, []byte(centre))
		opens = ok && subtle.ConstantTimeCompare(c.Secret, secret) == 1
		return err
	})
	return opens, err
}

// OpenCode is until when a code of the centre may be used; false when there is none that was not used.
func (r Register) OpenCode(centre id.Centre) (until time.Time, open bool, err error) {
	err = r.View(func(b *bolt.Bucket) error {
		c, ok, err := get[code](b, codesName, []byte(centre))
		until, open = time.UnixMilli(c.Expires), ok && len(c.Digest) == 0
		return err
	})
	return until, open, err
}

// Shut is a certificate that was revoked.
type Shut struct {
	Serial []byte
	Revocation
}

// Revoked lists the revoked certificates of a centre, by serial number; of all when it is empty.
func (r Register) Revoked(centre id.Centre) (list []Shut, err error) {
	err = r.View(func(b *bolt.Bucket) error {
		return each(b, revokedName, func(serial []byte, r Revocation) error {
			if centre == "" || r.Centre == centre {
				list = append(list, Shut{bytes.Clone(serial), r})
			}
			return nil
		})
	})
	return list, err
}
