package flip

import (
	"errors"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"
)

// used are the pages of a file that hold anything, by their number.
func used(path string) (out []int64, pageBytes int, err error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		return nil, 0, err
	}
	defer db.Close()
	pageBytes = db.Info().PageSize
	err = db.View(func(tx *bolt.Tx) error {
		for at := 0; ; at++ {
			p, err := tx.Page(at)
			if err != nil || p == nil {
				return err
			}
			for more := range p.OverflowCount + 1 {
				if p.Type != "free" {
					out = append(out, int64(at+more))
				}
			}
			at += p.OverflowCount
		}
	})
	return out, pageBytes, err
}

// checked is what bbolt itself says of a file: the control.
func checked(path string) (err error) {
	defer guard(&err)()
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return errors.Join(err, errors.New("no file"))
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.View(func(tx *bolt.Tx) (found error) {
		for e := range tx.Check() {
			found = errors.Join(found, fmt.Errorf("check: %w", e))
		}
		return found
	})
}
