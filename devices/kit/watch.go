package kit

import (
	"log/slog"

	"markaz.example/devices/plug"
	"markaz.example/devices/rack"
)

// Watcher wakes a rack's devices whenever something is plugged in that may be theirs. It is run beside the rack.
func Watcher(r *rack.Rack, log *slog.Logger) *plug.Watcher {
	return &plug.Watcher{Log: log, Tell: func(e plug.Event) {
		if e.Arrives() {
			r.Plugged()
		}
	}}
}
