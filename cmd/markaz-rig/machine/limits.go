package machine

import "time"

const (
	// bootLimit ends a run that hangs. A whole run takes some 30 s on a quiet machine with two cores; ten times that.
	bootLimit = 300 * time.Second

	// memoryMB is the guest's memory: the initramfs in it, twice while it is unpacked (100 MB each), the box, headroom.
	memoryMB = 1024

	// debianMB is the memory of a whole Debian: systemd and journald (100 MB), the box (100 MB), the pages of its disk, headroom.
	debianMB = 768

	// smallMB is the memory of a machine with one program: its initramfs twice while it is unpacked (60 MB each), headroom.
	smallMB = 384

	// tailLines is what is shown of the console when something failed: a Go traceback of two goroutines and what led there.
	tailLines = 60
)
