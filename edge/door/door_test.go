package door

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDoor serves verbs in a directory whose path is longer than the kernel takes for a socket.
func TestDoor(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long/", 30))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	const name = "door.sock"
	closed := errors.New("nobody is in")
	client := NewClient(dir, name, closed)
	if err := client.Call(t.Context(), "POST", "/twice", 21, nil); !errors.Is(err, closed) {
		t.Errorf("without a program: got %v, want %v", err, closed)
	}
	for range 2 { // the second finds the socket of the first
		d, err := Open(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		Verb(d, "POST /twice", twice)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- d.Run(ctx) }()
		askTwice(t, client)
		stop()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, name))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("socket: %v, %v; want mode 0600", info.Mode(), err)
	}
}

func twice(_ context.Context, n int) (int, error) {
	if n < 0 {
		return 0, Refusal{"it is negative", "give a larger one"}
	}
	return 2 * n, nil
}

func askTwice(t *testing.T, client *Client) {
	t.Helper()
	var got int
	if err := client.Call(t.Context(), "POST", "/twice", 21, &got); err != nil || got != 42 {
		t.Errorf("got %d, %v; want 42", got, err)
	}
	err := client.Call(t.Context(), "POST", "/twice", -1, nil)
	if r, ok := errors.AsType[Refusal](err); !ok || r.Remedy != "give a larger one" {
		t.Errorf("refused: got %v", err)
	}
	for name, in := range map[string]any{"wrong type": "x", "too large": strings.Repeat("x", bodyBytesMax)} {
		if err := client.Call(t.Context(), "POST", "/twice", in, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := client.Call(t.Context(), "POST", "/nothing", nil, nil); err == nil {
		t.Error("no such verb: no error")
	}
}
