//go:build !cgo

package libusb

import (
	"context"
	"fmt"

	"markaz.example/devices/usb"
)

// Bus is what is plugged into this machine; nothing, in a program that was built without cgo.
type Bus struct{}

// List reports usb.ErrNoUSB.
func (Bus) List(context.Context, []usb.ID) ([]usb.Device, error) { return nil, none() }

// Open reports usb.ErrNoUSB.
func (Bus) Open(context.Context, usb.Device) (usb.Handle, error) { return nil, none() }

func none() error { return fmt.Errorf("this program was built without cgo: %w", usb.ErrNoUSB) }
