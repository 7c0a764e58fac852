package guest

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/cmd/markaz-sim/papers"
	"markaz.example/devices/finger/uru"
	"markaz.example/devices/scale"
	"markaz.example/devices/usb/vhci"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/devices"
)

//go:embed box.toml
var configuration string

// boxChapter is the real box with all its devices on USB: two printers, a reader and a scale at a desk.
type boxChapter struct {
	*judge
	kiosk   kiosk
	first   *paperPrinter // preferred
	second  *paperPrinter
	reader  *vhci.Outlet
	finger  *uru.Sim
	line    *vhci.Outlet
	scale   *scale.Sim
	usb     *program
	box     *program
	visit   id.Visit // the newest
	outlets []*vhci.Outlet
}

// centre is a morning in which a printer is lost in the middle of a slip.
func centre(ctx context.Context, j *judge) {
	c := &boxChapter{judge: j, kiosk: newKiosk(), first: newPaperPrinter("SIMP1"), second: newPaperPrinter("SIMP2")}
	c.reader, c.finger = newReader(true)
	c.scale = newScale()
	c.line, _ = newSerial(c.scale)
	c.outlets = []*vhci.Outlet{&c.first.Outlet, &c.second.Outlet, c.reader, c.line}
	stop := parts(ctx, c.first.Run, c.second.Run, c.reader.Run, c.line.Run)
	defer stop()
	c.check(ctx, "markaz-usb and the box start", c.up)
	if c.box == nil {
		return
	}
	c.check(ctx, "the box knows four devices and has nothing to say against them", c.allWell)
	c.prints(ctx)
	c.unplugged(ctx)
	c.atDesk(ctx)
	c.idles(ctx)
	c.check(ctx, "the box ends when it is told to", c.box.stop)
	c.check(ctx, "and so does markaz-usb", c.usb.stop)
}

func (c *boxChapter) up(ctx context.Context) (_ string, err error) {
	for _, o := range c.outlets {
		o.Plug(true)
	}
	if c.usb, err = start("markaz-usb", "serve", "--socket", socket); err != nil {
		return "", err
	}
	if err := os.WriteFile("/run/box.toml", []byte(configuration), 0o600); err != nil {
		return "", err
	}
	if c.box, err = start("markaz", "run", "--config", "/run/box.toml"); err != nil {
		return "", err
	}
	return "healthy", c.box.explain(healthy(ctx))
}

// allWell waits until the floor page has nothing to say of any device.
func (c *boxChapter) allWell(ctx context.Context) (string, error) {
	list, err := client.Get[[]devices.Device](ctx, c.kiosk.Client, "/api/devices")
	if err != nil || len(list) != 4 {
		return "", fmt.Errorf("%d devices: %w", len(list), errors.Join(err, errors.New("want 4")))
	}
	err = await(ctx, "no condition of a device", func() (bool, string) {
		status, body, err := get(ctx, "/floor?lang=en")
		wrong := ailing.FindAllString(body, -1)
		return err == nil && status == http.StatusOK && len(wrong) == 0, fmt.Sprint(status, " ", err, " ", wrong)
	})
	return "two printers, a reader, a scale", c.box.explain(err)
}

// ailing finds a device in the list of conditions of the floor page.
var ailing = regexp.MustCompile(`<li class="condition[^>]*>.*?<bdi class="dev">[^<]*</bdi>`)

// prints is an ordinary morning.
func (c *boxChapter) prints(ctx context.Context) {
	c.check(ctx, "a number is printed", func(ctx context.Context) (_ string, err error) {
		if c.visit, err = c.kiosk.ask(ctx); err != nil {
			return "", c.box.explain(err)
		}
		return c.inHand(ctx, false)
	})
}

// inHand waits until the box says that the paper came out, and looks for it: one paper, and one only, has the visit's code,
// and says of itself whether it is a reprint.
func (c *boxChapter) inHand(ctx context.Context, reprint bool) (string, error) {
	s, err := c.kiosk.becomes(ctx, c.visit, desk.SlipInHand)
	if err != nil {
		return "", c.box.explain(err)
	}
	var marks []bool
	out := append(c.first.papers(), c.second.papers()...)
	for _, p := range out {
		if code, err := papers.Read(p); err == nil && code == s.Code {
			marks = append(marks, papers.Marked(p.Bitmap))
		}
	}
	if len(marks) != 1 || marks[0] != reprint {
		return "", fmt.Errorf("of %d papers those with the visit's code are marked as reprints: %v, want one, %v", len(out), marks, reprint)
	}
	return fmt.Sprintf("%s, the code on its paper is the visit's", s.Token), nil
}

// cutAt is a byte in the middle of a slip.
const cutAt = 20_037

func (c *boxChapter) unplugged(ctx context.Context) {
	c.check(ctx, "an unplug in the middle of a slip leaves it uncertain", func(ctx context.Context) (_ string, err error) {
		c.first.PullAfter(cutAt, 0)
		if c.visit, err = c.kiosk.ask(ctx); err != nil {
			return "", c.box.explain(err)
		}
		_, err = c.kiosk.becomes(ctx, c.visit, desk.SlipUncertain)
		return fmt.Sprintf("pulled after %d bytes", cutAt), c.box.explain(err)
	})
	c.check(ctx, "control: the check for a printed slip fails on it", func(ctx context.Context) (string, error) {
		short, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if _, err := c.inHand(short, false); err == nil {
			return "", errors.New("a slip that was cut off passes for printed")
		}
		return "it does", nil
	})
	c.check(ctx, "the floor page names the printer that is gone", func(ctx context.Context) (string, error) {
		began := time.Now()
		err := await(ctx, "hall-1 among the conditions", func() (bool, string) {
			_, body, err := get(ctx, "/floor?lang=en")
			wrong := strings.Join(ailing.FindAllString(body, -1), " ")
			return strings.Contains(wrong, "hall-1"), fmt.Sprint(wrong, err)
		})
		return "after " + time.Since(began).Round(time.Millisecond).String(), c.box.explain(err)
	})
	c.check(ctx, "it is offered for reprint", func(ctx context.Context) (string, error) {
		return "the kiosk has the button", offered(ctx, c.visit)
	})
	c.check(ctx, "the other printer prints it again, and says so", func(ctx context.Context) (string, error) {
		if err := c.kiosk.again(ctx, c.visit); err != nil {
			return "", c.box.explain(err)
		}
		return c.inHand(ctx, true)
	})
	c.check(ctx, "plugged into another port the printer is found again", func(ctx context.Context) (string, error) {
		c.first.Move(vhci.Kernel{Port: 7})
		c.first.Plug(true)
		return c.allWell(ctx)
	})
	c.check(ctx, "and prints", func(ctx context.Context) (_ string, err error) {
		before := len(c.first.papers())
		if c.visit, err = c.kiosk.ask(ctx); err != nil {
			return "", c.box.explain(err)
		}
		seen, err := c.inHand(ctx, false)
		if err == nil && len(c.first.papers()) == before {
			err = errors.New("another printer did")
		}
		return seen, err
	})
}

// idles pulls every plug: what is not there costs nothing.
func (c *boxChapter) idles(ctx context.Context) {
	c.check(ctx, "unplugged devices cost no processor time", func(ctx context.Context) (string, error) {
		for _, o := range c.outlets {
			o.Plug(false)
		}
		if err := errors.Join(awaitGone(ctx, printerID), awaitGone(ctx, serialID), awaitGone(ctx, readerID)); err != nil {
			return "", err
		}
		return c.idle(ctx)
	})
}

// idle watches the box for a while, again when it was busy: settling after the plugs, or a machine with other work.
func (c *boxChapter) idle(ctx context.Context) (string, error) {
	var said string
	for range idleTries {
		used, err := c.used(ctx, idleSpan)
		if err != nil {
			return "", err
		}
		if said += fmt.Sprintf("%v of %v; ", used, idleSpan); used <= idleCPU {
			return strings.TrimSuffix(said, "; "), nil
		}
	}
	return "", errors.New(strings.TrimSuffix(said, "; "))
}

// used is the box's processor time in a span.
func (c *boxChapter) used(ctx context.Context, span time.Duration) (time.Duration, error) {
	pid := c.box.cmd.Process.Pid
	before, err := processorTime(pid)
	if err != nil {
		return 0, err
	}
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-time.After(span):
	}
	after, err := processorTime(pid)
	return time.Duration(after-before) * 10 * time.Millisecond, err
}
