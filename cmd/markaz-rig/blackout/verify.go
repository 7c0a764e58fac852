package blackout

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// verify takes the ledger out of a copy of the drive, as it is after the last kill, and checks every record.
func (r *Run) verify(ctx context.Context) (string, error) {
	copied := filepath.Join(r.Machine.Work, "copy")
	ledger := filepath.Join(r.Machine.Work, "ledger.db")
	if _, err := tool(ctx, "cp", "--sparse=always", r.Image, copied); err != nil {
		return "", err
	}
	if _, err := tool(ctx, "e2fsck", "-f", "-y", copied); err != nil && !mended(err) {
		return "", err
	}
	if _, err := tool(ctx, "debugfs", "-R", "dump /var/lib/markaz/ledger.db "+ledger, copied); err != nil {
		return "", err
	}
	said, err := tool(ctx, r.Program, "ledger", "verify", ledger)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return strings.TrimSpace(said), nil
}

// mended is e2fsck's exit status for a file system that it replayed the journal of. Source: e2fsck(8).
func mended(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && exit.ExitCode() == 1
}

func tool(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w: %s%s", strings.Join(cmd.Args, " "), err, out.Bytes(), complaints.Bytes())
	}
	return out.String(), nil
}

// tail is the end of a file, for people.
func tail(name string) string {
	text, err := os.ReadFile(name)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}
