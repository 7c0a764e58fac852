package guest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"
)

// mouth is the line on which a program alone says what it has to say.
const mouth = "/dev/ttyS1"

// Drive is where a program alone finds the drive.
const Drive = "/drive"

// alone is a machine with one program on its drive. It is switched off when that ends.
func alone() {
	if err := runAlone(os.Getenv("markaz-program"), os.Getenv("markaz-environment")); err != nil {
		fmt.Println("BOOT", err)
		complain(err)
	}
	_ = unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
	select {}
}

func runAlone(name, given string) error {
	environment, err := base64.RawURLEncoding.DecodeString(given)
	if err != nil {
		return err
	}
	if err := errors.Join(mountAll(), loadModules(), mountDrive(Drive)); err != nil {
		return err
	}
	out, err := os.OpenFile(mouth, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer out.Close()
	cmd := exec.Command("/bin/" + name)
	cmd.Env = []string{"PATH=/bin", "HOME=/run", "TMPDIR=/tmp", string(environment)}
	cmd.Stdout, cmd.Stderr = out, os.Stdout
	return cmd.Run()
}

// complain says there why there is no program.
func complain(err error) {
	if out, openErr := os.OpenFile(mouth, os.O_WRONLY, 0); openErr == nil {
		fmt.Fprintln(out, "refused", err)
		_ = out.Close()
	}
}
