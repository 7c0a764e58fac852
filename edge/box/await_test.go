package box

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAwaitConfig: a box without a configuration says so on its page, and goes on when there is one.
func TestAwaitConfig(t *testing.T) {
	path := filepath.Join(t.TempDir(), "box.toml")
	_, cause := Load(path)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	up, ended := make(chan struct{}), make(chan error, 1)
	o := Options{Log: slog.New(slog.DiscardHandler), Ready: func() { close(up) }}
	go func() { ended <- awaitConfig(context.Background(), path, cause, o, l) }()
	<-up
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get("http://" + l.Addr().String() + "/kiosk?lang=en")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(r.Body)
	r.Body.Close()
	if r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(body), "/etc/markaz/box.toml") {
		t.Errorf("%d: %s", r.StatusCode, body)
	}
	if err := os.WriteFile(path, []byte("data = 1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
