package uru

import (
	"errors"
	"fmt"

	"markaz.example/devices/finger"
)

// Why the reader gives no finger though there may be one. The reader looks after itself; only an unplug ends Run.
var (
	// ErrNotRunning: the driver has no open reader at the moment.
	ErrNotRunning = errors.New("the fingerprint reader is not connected")
	// ErrRunning is returned by a second Run at the same time.
	ErrRunning = errors.New("driver is already running")
	// ErrAsleep: the reader answers and its sensor does not wake. It is a finger.ErrSensor.
	ErrAsleep = fmt.Errorf("%w: it does not wake up; unplug the reader and plug it in again", finger.ErrSensor)
	// ErrNoPicture: a finger was seen, and the picture did not come. It is a finger.ErrSensor.
	ErrNoPicture = fmt.Errorf("%w: it saw a finger and sent no picture; unplug the reader and plug it in again", finger.ErrSensor)
	// ErrPipes: the interface has not the two pipes of such a reader.
	ErrPipes = errors.New("this USB device has no interrupt and bulk pipe to the host: it is no U.are.U reader; choose the file of its own model")
)
