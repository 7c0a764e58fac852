package strongbox

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// Conceal keeps this process's memory from whoever comes after a crash: no core is written, and no other process of the
// same user may look inside. The limit may be forbidden to change under systemd, which then has set it already.
func Conceal() error {
	var errs []error
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		errs = append(errs, fmt.Errorf("forbid looking into this process: %w", err))
	}
	var now unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &now); err != nil || now.Max != 0 {
		if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
			errs = append(errs, fmt.Errorf("forbid cores: %w", err))
		}
	}
	return errors.Join(errs...)
}
