package disk

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Volume is where a directory lies.
type Volume struct {
	Kind  string `json:"kind"`            // of the file system: "ext4"; "0x1234" when it has no name here
	Drive string `json:"drive,omitempty"` // "sda (SanDisk X400)"; empty when the kernel does not say
	Free  int64  `json:"free_bytes"`      // to this process
	Size  int64  `json:"size_bytes"`
}

// kinds are the file systems that have a name here, by the kernel's magic number (linux/magic.h).
var kinds = map[int64]string{
	0xef53: "ext4", 0x58465342: "xfs", 0x9123683e: "btrfs", 0xf2f52010: "f2fs", 0x4d44: "vfat", 0x2011bab0: "exfat",
	0x01021994: "tmpfs", 0x858458f6: "ramfs", 0x794c7630: "overlay", 0x65735546: "fuse", 0x6969: "nfs", 0x2fc12fc1: "zfs",
}

// judged are the file systems below which there is one drive that is asked at each sync. In memory there is none, behind
// the others there may be anything.
var judged = map[string]bool{"ext4": true, "xfs": true, "f2fs": true, "vfat": true, "exfat": true}

// Look asks the kernel about the volume of a directory or file.
func Look(path string) (Volume, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return Volume{}, fmt.Errorf("look at the volume of %s: %w", path, err)
	}
	kind, ok := kinds[int64(s.Type)]
	if !ok {
		kind = fmt.Sprintf("%#x", s.Type)
	}
	return Volume{Kind: kind, Drive: drive(path), Free: int64(s.Bavail) * s.Bsize, Size: int64(s.Blocks) * s.Bsize}, nil
}

// free is how much room there is; nothing where nobody can say.
func free(path string) int64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return 0
	}
	return int64(s.Bavail) * s.Bsize
}

// Lies tells whether the drive says that something is permanent before it can be: what was acknowledged is then lost with
// the power.
func (v Volume) Lies(syncs Summary) bool {
	return judged[v.Kind] && syncs.Count >= JudgedFrom && syncs.Median < liesBelow
}

// drive names the block device below a path, and its model. Nothing is asked of the drive itself.
func drive(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	dev := info.Sys().(*syscall.Stat_t).Dev
	link := fmt.Sprintf("/sys/dev/block/%d:%d", major(dev), minor(dev))
	at, err := filepath.EvalSymlinks(link)
	if err != nil {
		return ""
	}
	for _, dir := range []string{at, filepath.Dir(at)} { // a partition's model is its disk's
		if b, err := os.ReadFile(filepath.Join(dir, "device", "model")); err == nil {
			return filepath.Base(at) + " (" + strings.TrimSpace(string(b)) + ")"
		}
	}
	return filepath.Base(at)
}

// As the kernel packs a device's number for programs (linux/kdev_t.h, new_encode_dev, widened).
func major(dev uint64) uint64 { return dev>>8&0xfff | dev>>32&^0xfff }
func minor(dev uint64) uint64 { return dev&0xff | dev>>12&^0xff }
