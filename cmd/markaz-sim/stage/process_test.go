package stage

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of these tests.
const patience = 30 * time.Second

func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("waited %v for %s", patience, what)
}

// shell is a program that says that it has begun, and what it was told at the end.
func shell(t *testing.T) *Process {
	t.Helper()
	return &Process{
		Name: "sh", Path: "/bin/sh", Args: []string{"-c", `trap 'echo told; exit 0' TERM; echo begun; while :; do sleep 0.05; done`},
		Log: filepath.Join(t.TempDir(), "sh.log"), Slog: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
}

func (p *Process) said(t *testing.T, word string) int {
	t.Helper()
	b, err := os.ReadFile(p.Log)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.Count(string(b), word)
}

// A program that is killed is started again, unless it is held down; asked to stop, it is told so and waited for.
func TestProcessIsKeptRunning(t *testing.T) {
	t.Parallel()
	p := shell(t)
	if err := p.Signal(syscall.SIGKILL); !errors.Is(err, errDown) {
		t.Errorf("before it runs a signal gives %v, want errDown", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	await(t, "the first start", func() bool { return p.said(t, "begun") == 1 })
	if err := p.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	await(t, "the second start", func() bool { return p.said(t, "begun") == 2 })
	p.Hold(true)
	if err := p.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	await(t, "its end", func() bool { return !p.Up() })
	if got := p.Starts(); got != 2 {
		t.Errorf("held down it was started %d times, want 2", got)
	}
	p.Hold(false)
	await(t, "the third start", func() bool { return p.said(t, "begun") == 3 })
	stop()
	if err := <-ended; err != nil || p.Up() {
		t.Errorf("ended with %v, still up: %v", err, p.Up())
	}
	if told, starts := p.said(t, "told"), p.Starts(); told != 1 || starts != 3 {
		t.Errorf("it was told %d times to stop and started %d times, want 1 and 3", told, starts)
	}
}

func TestMissingProgramIsNotTheEnd(t *testing.T) {
	t.Parallel()
	p := shell(t)
	p.Path = filepath.Join(t.TempDir(), "nothing")
	ctx, stop := context.WithTimeout(t.Context(), 3*restartAfter)
	defer stop()
	if err := p.Run(ctx); err != nil || p.Starts() != 0 {
		t.Errorf("ended with %v after %d starts", err, p.Starts())
	}
}
