package disk

import (
	"os"
	"syscall"
	"testing"
)

// blocks is how much of a volume a file takes, bytes.
func blocks(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Blocks * statBlock
}
