package watchdog_test

import (
	"log/slog"
	"net"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"markaz.example/edge/watchdog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// systemd is the far end of NOTIFY_SOCKET.
func systemd(t *testing.T, usec string) (said func() string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("WATCHDOG_USEC", usec)
	return func() string {
		t.Helper()
		var b [1024]byte
		n, err := c.Read(b[:])
		if err != nil {
			t.Fatal(err)
		}
		return string(b[:n])
	}
}

func TestWatchesFromTheFirstRoundOn(t *testing.T) {
	said := systemd(t, "60000000")
	w := watchdog.New(slog.Default())
	w.Ready()
	w.Feed()
	w.Feed()
	w.Stopping()
	got := []string{said(), said(), said(), said()}
	want := []string{"READY=1\nWATCHDOG_USEC=0", "WATCHDOG_USEC=60000000\nWATCHDOG=1", "WATCHDOG=1", "STOPPING=1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutWatchdogSec(t *testing.T) {
	said := systemd(t, "")
	w := watchdog.New(slog.Default())
	w.Feed()
	w.Ready()
	if got := said(); got != "READY=1" {
		t.Errorf("said %q", got)
	}
}
