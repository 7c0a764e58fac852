package printer

import (
	"errors"
	"fmt"
)

// The two ways in which a slip can fail; test with errors.Is. The reason is wrapped beside them.
var (
	// ErrNotSent: no byte of the slip left the box. It may be tried again freely.
	ErrNotSent = errors.New("slip not sent")
	// ErrUncertain: bytes left the box and the printer did not confirm. Never try again without a person's word.
	ErrUncertain = errors.New("slip may or may not be printed")
)

// ErrNotRunning is a reason for ErrNotSent: the driver has no open port at the moment.
var ErrNotRunning = errors.New("printer is not connected")

// ErrWidth is a reason for ErrNotSent: the slip was composed for another printer, or is empty or too long.
var ErrWidth = errors.New("slip does not fit this printer")

// ErrRecovering is a reason for ErrNotSent: an interrupted slip may still be in the printer, and it has not yet
// confirmed that it is gone.
var ErrRecovering = errors.New("printer is being cleared of an interrupted slip")

// NotSentError says why nothing was sent: ErrPaperOut, ErrCoverOpen, ErrSilent, port.ErrGone, a context's error ...
type NotSentError struct{ Reason error }

func (e *NotSentError) Error() string   { return fmt.Sprintf("%v: %v", ErrNotSent, e.Reason) }
func (e *NotSentError) Unwrap() []error { return []error{ErrNotSent, e.Reason} }

// UncertainError says what came between the slip and its proof.
type UncertainError struct{ Reason error }

func (e *UncertainError) Error() string   { return fmt.Sprintf("%v: %v", ErrUncertain, e.Reason) }
func (e *UncertainError) Unwrap() []error { return []error{ErrUncertain, e.Reason} }
