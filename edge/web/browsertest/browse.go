package browsertest

import (
	"os"
	"testing"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/launcher/flags"
)

const chromium = "/usr/bin/chromium"

// Browse starts a browser that ends with the test. It fails the test where there is none.
func Browse(t testing.TB) *rod.Browser {
	t.Helper()
	if _, err := os.Stat(chromium); err != nil {
		t.Fatalf("%v; this test needs Debian's Chromium: apt-get install chromium, or make setup-test", err)
	}
	l := launcher.New().Bin(chromium).NoSandbox(true).Headless(true).Leakless(false).UserDataDir(t.TempDir())
	for _, f := range []flags.Flag{
		"disable-gpu", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update",
		"disable-sync", "hide-scrollbars",
		"ignore-certificate-errors", // what the first warning is answered with; TestTrustedRoot does without
	} {
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
