package guest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// program is a program of the box that runs beside the checks.
type program struct {
	cmd *exec.Cmd
	log string
}

// start runs a program of /bin with its output in a log of its name.
func start(name string, args ...string) (*program, error) {
	p := &program{cmd: exec.Command("/bin/"+name, args...), log: "/run/" + name + ".log"}
	out, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.Env = []string{"PATH=/bin", "HOME=/run", "GOTRACEBACK=all"}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return p, nil
}

// stop ends it as systemd would.
func (p *program) stop(ctx context.Context) (string, error) {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return "", err
	}
	defer context.AfterFunc(ctx, func() { _ = p.cmd.Process.Kill() })()
	if err := p.cmd.Wait(); err != nil {
		return "", err
	}
	return "exit status 0", nil
}

// explain adds the end of the log to an error.
func (p *program) explain(err error) error {
	if err == nil {
		return nil
	}
	text, readErr := os.ReadFile(p.log)
	if readErr != nil {
		return errors.Join(err, readErr)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return fmt.Errorf("%w; end of %s: %s", err, p.log, strings.Join(lines[max(0, len(lines)-logLines):], "\n"))
}
