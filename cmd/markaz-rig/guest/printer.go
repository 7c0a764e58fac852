package guest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"markaz.example/cmd/markaz-rig/paperline"
	"markaz.example/devices/printer"
)

// Printer is the USB printer of the rig's Debian, for as long as that runs. Each paper is outside, on the serial line
// witness, before the printer tells the box that it came out.
func Printer(ctx context.Context, witness string) error {
	line, err := os.OpenFile(witness, os.O_WRONLY|unix.O_NOCTTY, 0)
	if err != nil {
		return err
	}
	defer line.Close()
	if err := raw(int(line.Fd())); err != nil {
		return fmt.Errorf("set up %s: %w", witness, err)
	}
	p := newPaperPrinter("SIMP1")
	var once sync.Once
	var lost error
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p.sim.OnPage = func(page printer.Page) {
		if err := tellPaper(line, page); err != nil {
			once.Do(func() { lost = err })
			cancel()
		}
	}
	p.Plug(true)
	return errors.Join(p.Run(ctx), lost)
}

// tellPaper leaves out the white strip that a printer cuts off while it is cleared.
func tellPaper(line *os.File, page printer.Page) error {
	if !page.Inked() {
		return nil
	}
	if _, err := line.Write(paperline.Append(nil, page.Bitmap)); err != nil {
		return err
	}
	const drain = 1 // wait until all is sent; source: ioctl_tty(2), TCSBRK
	return unix.IoctlSetInt(int(line.Fd()), unix.TCSBRK, drain)
}

// raw makes the line carry bytes as they are.
func raw(fd int) error {
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	t.Oflag &^= unix.OPOST
	t.Lflag &^= unix.ECHO | unix.ICANON | unix.ISIG
	t.Cflag = t.Cflag&^unix.CBAUD | unix.B115200 | unix.CLOCAL
	return unix.IoctlSetTermios(fd, unix.TCSETS, t)
}
