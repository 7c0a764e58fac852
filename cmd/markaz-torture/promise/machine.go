package promise

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
)

// Machine is where a run was made, as far as its figures depend on that.
type Machine struct {
	Processor string
	Cores     int
	MemoryMiB uint64
	Kernel    string
	Files     string // file system of the directory for temporary files
}

// Here is this machine. What cannot be found out is left empty.
func Here() Machine {
	m := Machine{Processor: field("/proc/cpuinfo", "model name"), Cores: runtime.NumCPU(), Files: fileSystem(os.TempDir())}
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) == nil {
		m.MemoryMiB = info.Totalram * uint64(info.Unit) >> 20
	}
	if b, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = strings.TrimSpace(string(b))
	}
	return m
}

func (m Machine) String() string {
	return fmt.Sprintf("%s, %d cores, %d MiB, Linux %s, temporary files on %s", m.Processor, m.Cores, m.MemoryMiB, m.Kernel, m.Files)
}

func field(path, name string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// fileSystem names the kinds that are usual, by the numbers of statfs(2).
func fileSystem(path string) string {
	var s syscall.Statfs_t
	if syscall.Statfs(path, &s) != nil {
		return ""
	}
	names := map[int64]string{0xef53: "ext4", 0x01021994: "tmpfs", 0x58465342: "xfs", 0x9123683e: "btrfs", 0x794c7630: "overlay"}
	if name, ok := names[int64(s.Type)]; ok {
		return name
	}
	return fmt.Sprintf("%#x", s.Type)
}
