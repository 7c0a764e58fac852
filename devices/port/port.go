package port

import (
	"context"
	"errors"
	"io"
)

// What a port can answer besides data. Every error of a port is one of these, wrapped with the port's name.
var (
	// ErrQuiet: no byte arrived within the quiet time. The line is well; read again.
	ErrQuiet = errors.New("nothing heard")
	// ErrGone: the other end hung up or the cable was pulled. The port is of no more use; close it and open another.
	ErrGone = errors.New("unplugged or hung up")
	// ErrStuck: the line took nothing for the stall time. What it took before is in Write's count. The port stays open.
	ErrStuck = errors.New("the line takes no more bytes")
	// ErrClosed: Close was called on this side.
	ErrClosed = errors.New("port closed")
	// ErrBusy: another program, or another driver of this one, owns the line.
	ErrBusy = errors.New("in use by another program; stop that program or give this device another line")
)

// Opener opens one port. Drivers open theirs once for every Run; the context bounds the opening only.
type Opener interface {
	Open(ctx context.Context) (io.ReadWriteCloser, error)
}
