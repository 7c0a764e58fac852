//go:build !cgo

package usb

import "fmt"

// List reports ErrNoUSB: this program was built without cgo, and so without libusb.
func List() ([]Device, error) {
	return nil, fmt.Errorf("this program was built without cgo: %w", ErrNoUSB)
}
