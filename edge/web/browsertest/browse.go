package browsertest

import (
	"os"
	"testing"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/launcher/flags"
)

const chromium = "/usr/bin/chromium"

// Browse starts a browser that ends with the test, and that goes on when a certificate is not known, as a person does who is
// warned. It fails the test where there is none.
func Browse(t testing.TB) *rod.Browser {
	t.Helper()
	return BrowseAs(t, "", "ignore-certificate-errors")
}

// BrowseAs starts a browser of somebody whose home is a directory, where what they installed lies; empty for nobody's.
func BrowseAs(t testing.TB, home string, more ...flags.Flag) *rod.Browser {
	t.Helper()
	if _, err := os.Stat(chromium); err != nil {
		t.Fatalf("%v; this test needs Debian's Chromium: apt-get install chromium, or make setup-test", err)
	}
	l := launcher.New().Bin(chromium).NoSandbox(true).Headless(true).Leakless(false).UserDataDir(t.TempDir())
	if home != "" {
		l = l.Env(append(os.Environ(), "HOME="+home)...)
	}
	for _, f := range append(more, []flags.Flag{
		"disable-gpu", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update",
		"disable-sync", "hide-scrollbars",
	}...) {
		l = l.Set(f)
	}
	address, err := l.Launch()
	if err != nil {
		t.Fatalf("start %s: %v", chromium, err)
	}
	b := rod.New().ControlURL(address)
	if err := b.Connect(); err != nil {
		t.Fatalf("connect to %s: %v", chromium, err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			l.Kill()
		}
		l.Cleanup()
	})
	return b
}
