package plug

import (
	"context"
	"io"
	"io/fs"

	"markaz.example/devices/port"
)

// Serial opens a serial line that is looked for anew each time.
type Serial struct {
	Where Where
	Baud  int
	Flow  port.Flow
	Frame port.Frame
	Sys   fs.FS // nil means Sys()
}

// Open finds the line and opens it. Errors: those of Find and of port.Serial.
func (s Serial) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	sys := s.Sys
	if sys == nil {
		sys = Sys()
	}
	node, err := Find(sys, s.Where)
	if err != nil {
		return nil, err
	}
	return port.Serial{Path: node, Baud: s.Baud, Flow: s.Flow, Frame: s.Frame}.Open(ctx)
}
