package theft

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"

	"golang.org/x/sys/unix"
)

// corePattern is how the kernel names cores: a path, or "|" and a program.
const corePattern = "/proc/sys/kernel/core_pattern"

// cores are the cores in a directory.
func cores(dir string) (found []string, err error) {
	for _, name := range []string{"core", "core.[0-9]*"} {
		some, err := filepath.Glob(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	return found, nil
}

// coresHere says whether a program that crashes leaves its core in its own directory.
func coresHere() bool {
	b, err := os.ReadFile(corePattern)
	return err == nil && strings.HasPrefix(string(b), "core")
}

// allowCores lets what this program starts write cores of any size, as a careless technician would.
func allowCores() error {
	return unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY})
}

// Careless is a program that holds what it reads in its memory, conceals nothing and crashes: the control of the core.
func Careless(from io.Reader) error {
	held, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	debug.SetTraceback("crash")
	panic(fmt.Sprintf("as ordered, with %d bytes at %p", len(held), held))
}

// carelessCore crashes a careless program, and gives its core.
func carelessCore(ctx context.Context, self []string, dir string, held []byte) (string, error) {
	c := exec.CommandContext(ctx, self[0], self[1:]...)
	c.Dir, c.Stdin = dir, bytes.NewReader(held)
	_ = c.Run() // it crashes
	found, err := cores(dir)
	if err == nil && len(found) == 0 {
		err = errors.New("a program that conceals nothing left no core")
	}
	if err != nil {
		return "", err
	}
	return found[0], nil
}
