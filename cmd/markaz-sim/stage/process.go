package stage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

const (
	restartAfter = 200 * time.Millisecond // as systemd would, only sooner
	stopWait     = 10 * time.Second       // for a clean end before SIGKILL
)

// Process is a program that is started again whenever it ends, as its systemd unit would.
type Process struct {
	Name string
	Path string
	Args []string
	Log  string // file that its output is appended to
	Slog *slog.Logger

	mu     sync.Mutex
	cmd    *exec.Cmd // guarded by mu: nil while it is down
	starts int       // guarded by mu
	hold   bool      // guarded by mu: not started again for now
}

// Run keeps the program running until the context ends, then ends it with SIGTERM.
func (p *Process) Run(ctx context.Context) error {
	runtime.LockOSThread() // the kernel ends the program with the thread that started it
	defer runtime.UnlockOSThread()
	for ctx.Err() == nil {
		if p.held() {
			sleep(ctx, restartAfter)
			continue
		}
		if err := p.once(ctx); err != nil && ctx.Err() == nil {
			p.Slog.Warn("program ended; starting it again", "name", p.Name, "err", err, "log", p.Log)
		}
		sleep(ctx, restartAfter)
	}
	return nil
}

func (p *Process) once(ctx context.Context) error {
	out, err := os.OpenFile(p.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	cmd := exec.CommandContext(ctx, p.Path, p.Args...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopWait
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL} // Ctrl-C is ours to pass on
	if err := p.start(cmd); err != nil {
		return err
	}
	err = cmd.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd = nil
	return err
}

func (p *Process) start(cmd *exec.Cmd) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.Name, err)
	}
	p.cmd = cmd
	p.starts++
	return nil
}

func (p *Process) held() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hold
}

// Starts is how often the program was started.
func (p *Process) Starts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.starts
}

// Up reports whether it runs.
func (p *Process) Up() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cmd != nil
}

// PID is its number while it runs, 0 otherwise.
func (p *Process) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// errDown is reported by Signal when there is nothing to signal.
var errDown = errors.New("it is not running")

// Signal sends the program a signal: SIGKILL is a power cut as far as the process can tell.
func (p *Process) Signal(s syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return fmt.Errorf("signal %s: %w", p.Name, errDown)
	}
	return p.cmd.Process.Signal(s)
}

// Hold keeps the program down after its next end, or lets it start again.
func (p *Process) Hold(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hold = down
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
