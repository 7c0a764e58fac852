package guest

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// switchRoot is what Debian's initramfs does: it mounts the drive and gives the machine to the drive's own first program.
// It comes back only when that fails.
func switchRoot() {
	err := errors.Join(mountAll(), loadModules(), address())
	if err == nil {
		err = mountDrive("/root")
	}
	if err == nil {
		err = errors.Join(moveInto("/root"), unix.Exec("/sbin/init", []string{"/sbin/init"}, os.Environ()))
	}
	fmt.Println("BOOT the drive could not be started from:", err)
	_ = unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
	select {}
}

// mountDrive mounts with no options, as a plain line of fstab does: data=ordered, barriers on.
func mountDrive(at string) error {
	if err := os.MkdirAll(at, 0o755); err != nil {
		return err
	}
	if err := unix.Mount("/dev/vda", at, "ext4", 0, ""); err != nil {
		return fmt.Errorf("mount the drive: %w", err)
	}
	return nil
}

// moveInto takes what is mounted along, and makes a directory the root. Source: switch_root(8).
func moveInto(root string) error {
	for _, at := range []string{"/dev", "/proc", "/sys", "/run"} {
		if err := unix.Mount(at, root+at, "", unix.MS_MOVE, ""); err != nil {
			return fmt.Errorf("move %s: %w", at, err)
		}
	}
	if err := os.Chdir(root); err != nil {
		return err
	}
	if err := unix.Mount(".", "/", "", unix.MS_MOVE, ""); err != nil {
		return fmt.Errorf("move the root: %w", err)
	}
	return errors.Join(unix.Chroot("."), os.Chdir("/"))
}

// address is the one that the emulator's network forwards to: 10.0.2.15/24 on the one card.
func address() error {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(s)
	card, err := unix.NewIfreq("eth0")
	if err != nil {
		return err
	}
	for _, set := range []struct {
		request uint
		address []byte
	}{{unix.SIOCSIFADDR, []byte{10, 0, 2, 15}}, {unix.SIOCSIFNETMASK, []byte{255, 255, 255, 0}}} {
		if err := card.SetInet4Addr(set.address); err != nil {
			return err
		}
		if err := unix.IoctlIfreq(s, set.request, card); err != nil {
			return fmt.Errorf("give the card its address: %w", err)
		}
	}
	card.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(s, unix.SIOCSIFFLAGS, card)
}
