package quorum

import (
	"context"
	"io"
	"log/slog"

	"github.com/hashicorp/go-hclog"
)

// sink hands raft's log lines to slog: what is routine to raft is detail to us.
type sink struct{ log *slog.Logger }

// newLogger gives raft a logger that writes to ours and nowhere else.
func newLogger(log *slog.Logger) hclog.Logger {
	l := hclog.NewInterceptLogger(&hclog.LoggerOptions{Name: "raft", Output: io.Discard, Level: hclog.Debug})
	l.RegisterSink(sink{log})
	return l
}

// Accept writes warnings and errors as warnings, the rest as detail.
func (s sink) Accept(name string, level hclog.Level, msg string, args ...any) {
	to := slog.LevelDebug
	if level >= hclog.Warn {
		to = slog.LevelWarn
	}
	s.log.Log(context.Background(), to, name+": "+msg, args...)
}
