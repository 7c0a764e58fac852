package durable

import (
	"syscall"

	bolt "go.etcd.io/bbolt"
)

// Unmap lets go of the pages of a bbolt file that reading has brought into this process: they stay in the kernel's cache,
// and whoever reads them again finds them there. The kernel maps sixteen pages for each that is touched, so whoever reads a
// file from end to end would seem to need all of it as memory. The transaction is an open one; it keeps the map in its place.
func Unmap(tx *bolt.Tx) {
	// Advice that is not taken changes nothing.
	_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, tx.DB().Info().Data, uintptr(tx.Size()), syscall.MADV_DONTNEED)
}
