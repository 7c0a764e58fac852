//go:build cgo

package libusb

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/gousb"

	"markaz.example/devices/port"
	"markaz.example/devices/usb"
)

func newHandle() *handle {
	h := &handle{}
	h.life, h.end = context.WithCancel(context.Background())
	return h
}

func TestMeaning(t *testing.T) {
	for _, tt := range []struct{ said, want error }{
		{nil, nil},
		{gousb.TransferCancelled, port.ErrQuiet},
		{gousb.TransferTimedOut, port.ErrQuiet},
		{gousb.ErrorTimeout, port.ErrQuiet},
		{gousb.TransferStall, usb.ErrStall},
		{gousb.ErrorPipe, usb.ErrStall},
		{gousb.TransferOverflow, usb.ErrRequest},
		{gousb.TransferNoDevice, port.ErrGone},
		{gousb.ErrorNoDevice, port.ErrGone},
	} {
		if got := newHandle().meaning(tt.said); !errors.Is(got, tt.want) {
			t.Errorf("%v means %v, want %v", tt.said, got, tt.want)
		}
	}
}

func TestCancelledByCloseIsClosed(t *testing.T) {
	h := newHandle()
	h.end()
	if got := h.meaning(gousb.TransferCancelled); !errors.Is(got, port.ErrClosed) {
		t.Errorf("got %v", got)
	}
}

// A failure inside a control request keeps its cause and asks nothing more: the request holds the turn.
func TestFailedControl(t *testing.T) {
	h := newHandle()
	h.controls.Lock()
	if got := h.meaning(gousb.ErrorIO); !errors.Is(got, port.ErrGone) || !errors.Is(got, gousb.ErrorIO) {
		t.Errorf("got %v", got)
	}
}

// gousb formats the error of a claim with %v.
func TestClaimedFindsTheMeaning(t *testing.T) {
	for cause, want := range map[gousb.Error]error{
		gousb.ErrorBusy: port.ErrBusy, gousb.ErrorNoDevice: port.ErrGone, gousb.ErrorAccess: usb.ErrPermission,
	} {
		if got := claimed(fmt.Errorf("failed to claim interface 0 on x: %v", cause)); !errors.Is(got, want) {
			t.Errorf("%v: got %v, want %v", cause, got, want)
		}
	}
	if other := errors.New("other"); claimed(other) != other {
		t.Error("an error that is not known was changed")
	}
}

func TestClosedHandleRefuses(t *testing.T) {
	h := newHandle()
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Control(t.Context(), usb.Request{}, nil); !errors.Is(err, port.ErrClosed) {
		t.Errorf("control: %v", err)
	}
	if err := h.Close(); !errors.Is(err, port.ErrClosed) {
		t.Errorf("second close: %v", err)
	}
}

// Opening what is not there names it as gone, and leaves nothing open.
func TestOpenOfAnAbsentDevice(t *testing.T) {
	_, err := Bus{}.Open(t.Context(), usb.Device{Path: "99-9"})
	if !errors.Is(err, port.ErrGone) && !errors.Is(err, usb.ErrNoUSB) {
		t.Errorf("got %v", err)
	}
}
