package sbi

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"markaz.example/devices/finger"
	"markaz.example/devices/port"
)

// Why a certified reader gives no finger, beyond the errors of package finger.
var (
	// ErrNotRunning: no device service was found yet.
	ErrNotRunning = errors.New("no certified fingerprint reader is connected")
	// ErrRunning is returned by a second Run at the same time.
	ErrRunning = errors.New("driver is already running")
	// ErrNoService: no port of the range has a device service with the wanted reader. It is a port.ErrGone.
	ErrNoService = fmt.Errorf("no device service has a fingerprint reader for this purpose; start the maker's device service and plug the reader in: %w", port.ErrGone)
	// ErrOther: another program has the reader. It is a port.ErrBusy.
	ErrOther = fmt.Errorf("fingerprint reader is %w", port.ErrBusy)
	// ErrSlap: the reader cannot take a single finger.
	ErrSlap = errors.New("the reader cannot take one finger alone; use one of the kind Single, or choose the fingers of a slap")
	// ErrSetting: a value of the driver is none that the interface knows.
	ErrSetting = errors.New("setting of the certified reader")
)

// What makes an answer unbelievable. All are a finger.ErrTrust; a capture
// whose time is not that of its making by our clock is finger.ErrClock instead.
var (
	// ErrSignature: no signature, a wrong one, or one by nobody whom the centre trusts.
	ErrSignature = fmt.Errorf("%w: its signature leads to no trust root of this centre", finger.ErrTrust)
	// ErrChain: the hash does not follow from the last capture of the transaction and this one.
	ErrChain = fmt.Errorf("%w: the chain of hashes is broken", finger.ErrTrust)
	// ErrForeign: the answer is of another reader, transaction, environment, purpose, finger or quality than was asked for.
	ErrForeign = fmt.Errorf("%w: the answer is to another question", finger.ErrTrust)
)

// DeviceError is what a service reports by number. Unwrap gives the kind: an error of package finger for what a person
// at the desk or a technician can change, nil for numbers of the maker's own.
type DeviceError struct {
	Code int
	Info string // the service's own words, printable, at most 120 bytes
	Kind error
}

func (e *DeviceError) Error() string {
	what := "see the maker's manual"
	if e.Kind != nil {
		what = e.Kind.Error()
	}
	if e.Info == "" {
		return fmt.Sprintf("device service error %d: %s", e.Code, what)
	}
	return fmt.Sprintf("device service error %d (%s): %s", e.Code, e.Info, what)
}

func (e *DeviceError) Unwrap() error { return e.Kind }

// kinds are the numbers of the interface. Source: secure biometric interface, section error codes.
func kind(code int) error {
	switch code {
	case 100, 104, 107, 108: // not registered; no management server; device key expired; domain key missing
		return finger.ErrRegister
	case 101: // nothing detected
		return finger.ErrNoFinger
	case 102, 105: // extraction; orientation
		return finger.ErrMessy
	case 103:
		return finger.ErrTamper
	case 106, 202: // not found; none connected
		return finger.ErrSensor
	case 109: // count not supported
		return ErrSlap
	}
	return nil
}

// deviceError is nil for "no error".
func deviceError(e failure) error {
	if e.Code == 0 {
		return nil
	}
	return &DeviceError{Code: int(e.Code), Info: printable(string(e.Info)), Kind: kind(int(e.Code))}
}

// printable keeps a stranger's text from breaking a line of a log or a page.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
	if len(s) <= infoTextMax {
		return s
	}
	return strings.ToValidUTF8(s[:infoTextMax], "")
}
