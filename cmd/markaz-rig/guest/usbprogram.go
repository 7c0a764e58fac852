package guest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"markaz.example/devices/finger"
	"markaz.example/devices/finger/synth"
	"markaz.example/devices/finger/uru"
	"markaz.example/devices/port"
	"markaz.example/devices/printer"
	"markaz.example/devices/profile"
	"markaz.example/devices/slip"
	"markaz.example/devices/usb"
	"markaz.example/devices/usb/vhci"
)

// socket is where the guest's markaz-usb serves.
const socket = "/run/usb.sock"

// usbChapter is the real markaz-usb with two printers of one model and a fingerprint reader, used by the drivers of the
// box.
type usbChapter struct {
	*judge
	program *program
	socket  usb.Socket
	first   *paperPrinter
	second  *paperPrinter
	reader  *vhci.Outlet
	finger  *uru.Sim
}

func usbProgram(ctx context.Context, j *judge) {
	c := &usbChapter{
		judge: j, socket: usb.Socket{Path: socket}, first: newPaperPrinter("SIMP1"), second: newPaperPrinter("SIMP2"),
	}
	c.reader, c.finger = newReader(true)
	stop := parts(ctx, c.first.Run, c.second.Run, c.reader.Run)
	defer stop()
	c.check(ctx, "markaz-usb serves", c.up)
	if c.program == nil {
		return
	}
	c.check(ctx, "it lists all that is plugged in", c.lists)
	c.check(ctx, "each of two equal printers prints its own slip", c.printsBoth)
	c.check(ctx, "a printer in use is usbfs's, and usblp's again after", c.takesAndGives)
	c.check(ctx, "an unplug in the middle of a slip is uncertain", c.cutOff)
	c.check(ctx, "in another port it is found again", c.elsewhere)
	c.faults(ctx)
	c.check(ctx, "a finger is taken", c.takesFinger)
	c.check(ctx, "a reader unplugged in the middle of a picture is gone, and takes the next", c.losesFinger)
	c.check(ctx, "markaz-usb ends when it is told to", c.program.stop)
	for _, o := range []*vhci.Outlet{&c.first.Outlet, &c.second.Outlet, c.reader} {
		o.Plug(false)
	}
	c.check(ctx, "all unplugged", func(ctx context.Context) (string, error) {
		return "gone", errors.Join(awaitGone(ctx, printerID), awaitGone(ctx, readerID))
	})
}

func (c *usbChapter) up(ctx context.Context) (string, error) {
	for _, o := range []*vhci.Outlet{&c.first.Outlet, &c.second.Outlet, c.reader} {
		o.Plug(true)
	}
	err := await(ctx, "three devices", func() (bool, string) {
		paths := append(usbPaths(printerID), usbPaths(readerID)...)
		ready := len(paths) == 3 && !slices.ContainsFunc(paths, func(p string) bool { return !setUp(p) })
		return ready, strings.Join(paths, " ")
	})
	if err != nil {
		return "", err
	}
	if c.program, err = start("markaz-usb", "serve", "--socket", socket); err != nil {
		return "", err
	}
	return socket, c.program.explain(await(ctx, "an answer", func() (bool, string) {
		_, err := c.socket.List(ctx)
		return err == nil, fmt.Sprint(err)
	}))
}

func (c *usbChapter) lists(ctx context.Context) (string, error) {
	found, err := c.socket.List(ctx, readerID)
	if err != nil {
		return "", c.program.explain(err)
	}
	kinds := map[usb.Kind]int{}
	for _, d := range found {
		kinds[d.Kind]++
	}
	if len(found) != 3 || kinds[usb.Print] != 2 || kinds[usb.Raw] != 1 {
		return "", fmt.Errorf("listed %+v", found)
	}
	return "two printers, one reader", nil
}

// through is a printer driver that goes by serial number.
func (c *usbChapter) through(serial string) (*printer.Driver, error) {
	model, err := profile.LoadPrinter(filepath.Join(profiles, "printer-epson-tm-t20iii.toml"))
	if err != nil {
		return nil, err
	}
	return &printer.Driver{Port: usb.Printer{Socket: c.socket, Selector: usb.Selector{Serial: serial}}, Profile: model}, nil
}

// print runs a driver for one slip.
func (c *usbChapter) print(ctx context.Context, serial string, b *slip.Bitmap) error {
	d, err := c.through(serial)
	if err != nil {
		return err
	}
	stop := running(ctx, d.Run)
	defer stop()
	if err := awaitReady(ctx, d); err != nil {
		return c.program.explain(err)
	}
	return d.Print(ctx, b)
}

// pattern is a slip that no two seeds share.
func pattern(seed int) *slip.Bitmap {
	const width, height = 576, 400
	b := slip.NewBitmap(width, height)
	for i := range b.Bits {
		b.Bits[i] = byte(i*seed + i>>5)
	}
	return b
}

func (c *usbChapter) printsBoth(ctx context.Context) (string, error) {
	for i, p := range []*paperPrinter{c.first, c.second} {
		b := pattern(3 + 2*i)
		if err := c.print(ctx, []string{"SIMP1", "SIMP2"}[i], b); err != nil {
			return "", err
		}
		if err := shows(p, 1, b); err != nil {
			return "", fmt.Errorf("printer %d: %w", i+1, err)
		}
	}
	return "every dot is where it was composed", nil
}

// shows compares a printer's newest paper with a slip: its rows are somewhere on it, between white ones.
func shows(p *paperPrinter, papers int, b *slip.Bitmap) error {
	out := p.papers()
	if len(out) != papers {
		return fmt.Errorf("%d papers, want %d", len(out), papers)
	}
	if !bytes.Contains(out[papers-1].Bitmap.Bits, b.Bits) {
		return errors.New("the paper shows something else")
	}
	return nil
}

func (c *usbChapter) takesAndGives(ctx context.Context) (string, error) {
	path, err := c.pathOf(ctx, "SIMP1")
	if err != nil {
		return "", err
	}
	wire, err := (usb.Printer{Socket: c.socket, Selector: usb.Selector{Path: path}}).Open(ctx)
	if err != nil {
		return "", err
	}
	during := driverOf(path)
	status, statusErr := statusOf(ctx, wire, c.first)
	if err := errors.Join(statusErr, wire.Close()); err != nil {
		return "", err
	}
	if during != "usbfs" {
		return "", fmt.Errorf("while it was in use its driver was %q", during)
	}
	err = await(ctx, "usblp", func() (bool, string) { return driverOf(path) == "usblp", driverOf(path) })
	return "by path " + path + "; port status " + status, err
}

// statusOf reads the port status of a printer that ran out of paper.
func statusOf(ctx context.Context, wire io.ReadWriteCloser, p *paperPrinter) (string, error) {
	side, ok := wire.(port.SideChannel)
	if !ok {
		return "", errors.New("the port has no port status")
	}
	p.setStatus(port.PortSelected | port.PortPaperOut)
	defer p.setStatus(portReady)
	got, err := side.PortStatus(ctx)
	if err == nil && got != port.PortSelected|port.PortPaperOut {
		err = fmt.Errorf("port status %02x", got)
	}
	return fmt.Sprintf("%02x", got), err
}

func (c *usbChapter) pathOf(ctx context.Context, serial string) (string, error) {
	found, err := c.socket.List(ctx)
	for _, d := range found {
		if d.Serial == serial {
			return d.Path, nil
		}
	}
	return "", errors.Join(err, fmt.Errorf("no device with serial number %s", serial))
}

func (c *usbChapter) cutOff(ctx context.Context) (string, error) {
	c.first.PullAfter(cutAt, 0)
	err := c.print(ctx, "SIMP1", pattern(7))
	if !errors.Is(err, printer.ErrUncertain) {
		return "", fmt.Errorf("printing said: %v", err)
	}
	if n := len(c.first.papers()); n != 1 {
		return "", fmt.Errorf("%d papers came out, want the 1 of before", n)
	}
	return err.Error(), nil
}

func (c *usbChapter) elsewhere(ctx context.Context) (string, error) {
	c.first.Move(vhci.Kernel{Port: 6})
	c.first.Plug(true)
	b := pattern(9)
	err := await(ctx, "the printer", func() (bool, string) {
		path, err := c.pathOf(ctx, "SIMP1")
		return err == nil && driverOf(path) == "usblp", fmt.Sprint(err)
	})
	if err != nil {
		return "", err
	}
	if err := c.print(ctx, "SIMP1", b); err != nil {
		return "", err
	}
	path, err := c.pathOf(ctx, "SIMP1")
	return "at " + path, errors.Join(err, showsNewest(c.first, b))
}

// showsNewest is shows for a printer that may have let go of a torn slip before.
func showsNewest(p *paperPrinter, b *slip.Bitmap) error { return shows(p, len(p.papers()), b) }

// capture runs the reader's driver for one finger.
func (c *usbChapter) capture(ctx context.Context) (finger.Capture, error) {
	d := &uru.Driver{USB: usb.Interface{Socket: c.socket, Selector: usb.Selector{IDs: []usb.ID{readerID}}}}
	stop := running(ctx, d.Run)
	defer stop()
	err := await(ctx, "the reader to be ready", func() (bool, string) {
		s := d.State()
		return s.Ready, fmt.Sprintf("%+v", s)
	})
	if err != nil {
		return finger.Capture{}, err
	}
	return d.Capture(ctx, finger.RightIndex)
}

// takesFinger compares the driver's picture with libfprint's of the same finger on a reader of the same kind.
func (c *usbChapter) takesFinger(ctx context.Context) (string, error) {
	pressed := press(ctx, c.finger)
	got, err := c.capture(ctx)
	if err != nil {
		return "", c.program.explain(err)
	}
	pixels, err := witnessed(pressed)
	if err != nil {
		return "", err
	}
	seen, err := compare(got.Picture.Pix, pixels, 0)
	return fmt.Sprintf("quality %d; %s in libfprint's picture", got.Quality, seen), err
}

// losesFinger pulls the reader's plug when it has begun to send.
func (c *usbChapter) losesFinger(ctx context.Context) (string, error) {
	taken := c.finger.Taken()
	c.finger.PressSynth(1, 2, synth.Good)
	go func() {
		_ = await(ctx, "a picture", func() (bool, string) { return c.finger.Taken() > taken, "" })
		c.reader.Plug(false)
	}()
	_, err := c.capture(ctx)
	c.finger.Lift()
	if err == nil {
		return "", errors.New("a picture that was cut off passes for a capture")
	}
	if err := awaitGone(ctx, readerID); err != nil {
		return "", err
	}
	c.reader.Plug(true)
	if _, err := awaitDevice(ctx, readerID, ""); err != nil {
		return "", err
	}
	seen, againErr := c.takesFinger(ctx)
	return fmt.Sprintf("%v; then %s", err, seen), againErr
}
