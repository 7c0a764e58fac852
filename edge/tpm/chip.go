package tpm

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/google/go-tpm/tpm2"
	"github.com/google/go-tpm/tpm2/transport"
	"github.com/google/go-tpm/tpm2/transport/linuxtpm"
	"github.com/google/go-tpm/tpm2/transport/linuxudstpm"
)

// Device is the chip behind the kernel's resource manager.
const Device = "/dev/tpmrm0"

// What a chip reports.
var (
	ErrNone  = errors.New("this machine has no TPM that can be used; look whether it is switched on in the firmware's settings, and whether this user is in the group tss")
	ErrMoved = errors.New("the TPM refuses: the machine booted in another state than the key was sealed to, as after an update of firmware or boot loader")
	ErrOther = errors.New("what is sealed belongs to another machine's TPM, or the TPM was cleared")
	ErrRange = errors.New("PCRs are 0 to 23, at least one and each once")
)

// Chip is an open TPM. One goroutine at a time may call it.
type Chip struct{ chip transport.TPMCloser }

// Open opens a chip: a device, or the socket of a software one. It reports ErrNone.
func Open(path string) (*Chip, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNone, err)
	}
	open := linuxtpm.Open
	if info.Mode().Type() == fs.ModeSocket {
		open = linuxudstpm.Open
	}
	c, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNone, err)
	}
	return &Chip{c}, nil
}

// Close lets go of the chip.
func (c *Chip) Close() error { return c.chip.Close() }

// root is the storage root key, for as long as done is not called, and a session that hides what crosses the bus as an
// option says.
func (c *Chip) root(hides tpm2.AuthOption) (root *tpm2.CreatePrimaryResponse, hidden tpm2.Session, done func(), err error) {
	root, err = tpm2.CreatePrimary{PrimaryHandle: tpm2.TPMRHOwner, InPublic: tpm2.New2B(tpm2.ECCSRKTemplate)}.Execute(c.chip)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("derive the storage root key: %w", err)
	}
	done = func() { _, _ = tpm2.FlushContext{FlushHandle: root.ObjectHandle}.Execute(c.chip) }
	public, err := root.OutPublic.Contents()
	if err != nil {
		done()
		return nil, nil, nil, fmt.Errorf("read the storage root key: %w", err)
	}
	hidden = tpm2.HMAC(tpm2.TPMAlgSHA256, nonceBytes, tpm2.Salted(root.ObjectHandle, *public), hides)
	return root, hidden, done, nil
}

func named(root *tpm2.CreatePrimaryResponse, auth tpm2.Session) tpm2.AuthHandle {
	return tpm2.AuthHandle{Handle: root.ObjectHandle, Name: root.Name, Auth: auth}
}
