package guest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Main is the whole life of the machine.
func Main() {
	switch os.Getenv("markaz-rig") {
	case "debian":
		switchRoot()
		return
	case "program":
		alone()
		return
	}
	began := time.Now()
	j := &judge{out: os.Stdout}
	j.check(context.Background(), "boot", func(context.Context) (string, error) {
		err := boot()
		up, _ := os.ReadFile("/proc/uptime")
		return "kernel uptime and idle time, in seconds: " + strings.TrimSpace(string(up)), err
	})
	if j.failed == 0 {
		ctx, cancel := context.WithTimeout(context.Background(), storyLimit)
		tell(ctx, j)
		cancel()
	}
	j.sum()
	fmt.Printf("BOOT programs ran for %.1f s\n", time.Since(began).Seconds())
	unix.Sync()
	if err := unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF); err != nil {
		fmt.Println("BOOT power off:", err)
	}
	select {} // the kernel panics when its first process ends
}

func boot() error {
	return errors.Join(mountAll(), loadModules(), loopback(), os.MkdirAll("/dev/usb", 0o755))
}

func mountAll() error {
	var errs []error
	for _, m := range []struct{ kind, at string }{
		{"proc", "/proc"}, {"sysfs", "/sys"}, {"devtmpfs", "/dev"}, {"devpts", "/dev/pts"}, {"tmpfs", "/run"}, {"tmpfs", "/tmp"},
	} {
		err := os.MkdirAll(m.at, 0o755)
		if err == nil {
			err = unix.Mount(m.kind, m.at, m.kind, 0, "")
		}
		if err != nil && !errors.Is(err, unix.EBUSY) { // the kernel mounts /dev by itself
			errs = append(errs, fmt.Errorf("mount %s: %w", m.at, err))
		}
	}
	return errors.Join(errs...)
}

// loadModules goes by the numbers that the files begin with.
func loadModules() error {
	files, err := filepath.Glob("/modules/*.ko")
	if err != nil || len(files) == 0 {
		return errors.New("no modules in /modules")
	}
	for _, name := range files {
		if err := load(name); err != nil {
			return fmt.Errorf("load %s: %w", name, err)
		}
	}
	return nil
}

func load(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := unix.FinitModule(int(f.Fd()), "", 0); !errors.Is(err, unix.EEXIST) {
		return err
	}
	return nil
}

// loopback brings the network up that has only this machine in it.
func loopback() error {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(s)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(s, unix.SIOCSIFFLAGS, lo); err != nil {
		return fmt.Errorf("bring loopback up: %w", err)
	}
	return nil
}
