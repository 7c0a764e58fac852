package parcel

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrTooLarge is reported by Spool for what is longer than a parcel may be.
var ErrTooLarge = errors.New("the file is larger than a parcel may be")

// Spool keeps what comes in as a file: a parcel is looked at whole before any of it is taken. It reports ErrTooLarge.
func Spool(path string, from io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, io.LimitReader(from, FileBytesMax+1))
	if err == nil && n > FileBytesMax {
		err = fmt.Errorf("%w: limit %d bytes", ErrTooLarge, int64(FileBytesMax))
	}
	return errors.Join(err, f.Close())
}

// File opens a parcel that lies in a file.
func File(path string) Opened {
	return func() (io.ReadCloser, error) { return os.Open(path) }
}
