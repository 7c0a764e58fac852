package guest

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"time"

	"markaz.example/cmd/markaz-sim/papers"
	"markaz.example/devices/usb/vhci"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
)

//go:embed box.toml
var configuration string

// boxChapter is the real box with a printer on USB.
type boxChapter struct {
	*judge
	kiosk   kiosk
	printer *paperPrinter
	box     *program
	visit   id.Visit // the newest
}

// centre prints numbers on a printer behind a USB serial adapter, and loses it in the middle of one.
func centre(ctx context.Context, j *judge) {
	p := newPaperPrinter("")
	p.onSerialLine()
	c := &boxChapter{judge: j, kiosk: newKiosk(), printer: p}
	stop := parts(ctx, p.Run)
	defer stop()
	c.check(ctx, "the box starts", func(ctx context.Context) (string, error) {
		p.Plug(true)
		if err := awaitNode(ctx, tty); err != nil {
			return "", err
		}
		return c.up(ctx)
	})
	if c.box == nil {
		return
	}
	c.prints(ctx)
	c.unplugged(ctx)
	c.check(ctx, "the box ends when it is told to", c.box.stop)
}

func (c *boxChapter) up(ctx context.Context) (string, error) {
	text := configuration + deviceOn("serial = \""+tty+"\"")
	if err := os.WriteFile("/run/box.toml", []byte(text), 0o600); err != nil {
		return "", err
	}
	box, err := start("markaz", "run", "--config", "/run/box.toml")
	if err != nil {
		return "", err
	}
	c.box = box
	return "healthy", box.explain(healthy(ctx))
}

// deviceOn is the printer's table, with the line that names its wire.
func deviceOn(wire string) string {
	return "[[device]]\nname = \"hall-1\"\nprofile = \"printer-epson-tm-t20iii.toml\"\n" + wire + "\n"
}

// prints is an ordinary morning.
func (c *boxChapter) prints(ctx context.Context) {
	c.check(ctx, "a number is printed", func(ctx context.Context) (_ string, err error) {
		if c.visit, err = c.kiosk.ask(ctx); err != nil {
			return "", c.box.explain(err)
		}
		return c.inHand(ctx)
	})
}

// inHand waits until the box says that the paper came out, and looks for it: one paper, and one only, has the visit's code.
func (c *boxChapter) inHand(ctx context.Context) (string, error) {
	s, err := c.kiosk.becomes(ctx, c.visit, desk.SlipInHand)
	if err != nil {
		return "", c.box.explain(err)
	}
	whole := 0
	for _, p := range c.printer.papers() {
		if code, err := papers.Read(p); err == nil && code == s.Code {
			whole++
		}
	}
	if whole != 1 {
		return "", fmt.Errorf("%d of %d papers have the visit's code, want 1", whole, len(c.printer.papers()))
	}
	return fmt.Sprintf("%s, the code on its paper is the visit's", s.Token), nil
}

// cutAt is a byte in the middle of a slip.
const cutAt = 20_037

func (c *boxChapter) unplugged(ctx context.Context) {
	c.check(ctx, "an unplug in the middle of a slip leaves it uncertain", func(ctx context.Context) (_ string, err error) {
		c.printer.PullAfter(cutAt, 0)
		if c.visit, err = c.kiosk.ask(ctx); err != nil {
			return "", c.box.explain(err)
		}
		_, err = c.kiosk.becomes(ctx, c.visit, desk.SlipUncertain)
		return fmt.Sprintf("pulled after %d bytes", cutAt), c.box.explain(err)
	})
	c.check(ctx, "control: the check for a printed slip fails on it", func(ctx context.Context) (string, error) {
		short, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if _, err := c.inHand(short); err == nil {
			return "", errors.New("a slip that was cut off passes for printed")
		}
		return "it does", nil
	})
	c.check(ctx, "it is offered for reprint", func(ctx context.Context) (string, error) {
		return "the kiosk has the button", offered(ctx, c.visit)
	})
	c.check(ctx, "an unplugged printer costs no processor time", c.idle)
	c.check(ctx, "plugged into another port it prints again, and says so", func(ctx context.Context) (string, error) {
		c.printer.Move(vhci.Kernel{Port: 5})
		c.printer.Plug(true)
		return c.reprint(ctx)
	})
}

// reprint gets the paper, which must say what it is, while no other does.
func (c *boxChapter) reprint(ctx context.Context) (string, error) {
	if err := c.kiosk.again(ctx, c.visit); err != nil {
		return "", c.box.explain(err)
	}
	seen, err := c.inHand(ctx)
	if err != nil {
		return "", err
	}
	out := c.printer.papers()
	if papers.Marked(out[0].Bitmap) || !papers.Marked(out[len(out)-1].Bitmap) {
		return "", errors.New("the mark of a reprint is not on the reprint alone")
	}
	return seen, nil
}

// idle watches the box for a while.
func (c *boxChapter) idle(ctx context.Context) (string, error) {
	pid := c.box.cmd.Process.Pid
	before, err := processorTime(pid)
	if err != nil {
		return "", err
	}
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case <-time.After(idleSpan):
	}
	after, err := processorTime(pid)
	if err != nil {
		return "", err
	}
	used := time.Duration(after-before) * 10 * time.Millisecond
	if used > idleCPU {
		return "", fmt.Errorf("%v of %v", used, idleSpan)
	}
	return fmt.Sprintf("%v of %v", used, idleSpan), nil
}
