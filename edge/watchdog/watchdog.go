package watchdog

import (
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Watchdog is systemd's, for this process. Any goroutine may call it.
type Watchdog struct {
	log   *slog.Logger
	limit time.Duration // after which systemd gives up; 0 means that it does not watch

	mu    sync.Mutex
	armed bool // guarded by mu
}

// usecVariable is where systemd says how long it waits: sd_watchdog_enabled(3).
const usecVariable = "WATCHDOG_USEC"

// New is the watchdog that the unit's WatchdogSec asked for.
func New(log *slog.Logger) *Watchdog {
	usec, _ := strconv.ParseInt(os.Getenv(usecVariable), 10, 64)
	return &Watchdog{log: log, limit: max(0, time.Duration(usec)*time.Microsecond)}
}

// Ready tells systemd that the program is up. The watchdog waits for the loop's first round.
func (w *Watchdog) Ready() {
	state := daemon.SdNotifyReady
	if w.limit > 0 {
		state += "\n" + usecVariable + "=0"
	}
	w.tell(state)
}

// Feed is called by the loop itself, whenever it has gone round.
func (w *Watchdog) Feed() {
	if w.limit == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	state := daemon.SdNotifyWatchdog
	if !w.armed {
		state = fmt.Sprintf("%s=%d\n%s", usecVariable, w.limit.Microseconds(), state)
	}
	w.armed = w.tell(state)
}

// Stopping tells systemd that the end has begun.
func (w *Watchdog) Stopping() { w.tell(daemon.SdNotifyStopping) }

func (w *Watchdog) tell(state string) bool {
	told, err := daemon.SdNotify(false, state)
	if err != nil {
		w.log.Warn("tell systemd", "err", err)
	}
	return told
}
