package guest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"markaz.example/devices/printer"
	"markaz.example/devices/usb/vhci"
)

// faults are what a printer's transfers can suffer short of an unplug.
func (c *usbChapter) faults(ctx context.Context) {
	c.check(ctx, "a printer that takes its time still prints", c.slowly)
	c.check(ctx, "a printer that falls silent is named, and prints when it speaks again", c.silent)
	c.check(ctx, "a printer that takes nothing is noticed", c.stuck)
	c.check(ctx, "a refused transfer is never taken for a printed slip", c.refused)
}

// slowly has every transfer late, and every answer in pieces of one byte.
func (c *usbChapter) slowly(ctx context.Context) (string, error) {
	c.second.SetFaults(vhci.Faults{Delay: 20 * time.Millisecond, Short: 1})
	defer c.second.SetFaults(vhci.Faults{})
	b := pattern(11)
	if err := c.print(ctx, "SIMP2", b); err != nil {
		return "", err
	}
	return "each transfer 20 ms late, answers byte by byte", showsNewest(c.second, b)
}

// silent has a printer that takes everything and says nothing.
func (c *usbChapter) silent(ctx context.Context) (string, error) {
	return c.noticed(ctx, func(on bool) { c.second.sim.SetMute(on) })
}

// stuck has a printer that answers no transfer on any endpoint.
func (c *usbChapter) stuck(ctx context.Context) (string, error) {
	return c.noticed(ctx, func(on bool) { c.second.SetFaults(vhci.Faults{Silent: on}) })
}

// noticed runs a driver while the second printer is made dumb. Its driver names that, or ends for rack to begin anew; and
// it is ready once the printer speaks again.
func (c *usbChapter) noticed(ctx context.Context, dumb func(bool)) (string, error) {
	d, err := c.through("SIMP2")
	if err != nil {
		return "", err
	}
	ended := make(chan error, 1)
	stop := running(ctx, func(ctx context.Context) error {
		err := d.Run(ctx)
		ended <- err
		return err
	})
	defer stop()
	if err := awaitReady(ctx, d); err != nil {
		return "", err
	}
	began := time.Now()
	dumb(true)
	defer dumb(false)
	var named error
	err = await(ctx, "it to be noticed", func() (bool, string) {
		if named = d.State().Line; named == nil && len(ended) > 0 {
			named = <-ended
			return true, ""
		}
		return named != nil, fmt.Sprint(named)
	})
	took := time.Since(began).Round(time.Millisecond)
	dumb(false)
	if err != nil {
		return "", err
	}
	stop()
	return fmt.Sprintf("after %v: %v; the next slip is printed", took, named), c.print(ctx, "SIMP2", pattern(17))
}

func awaitReady(ctx context.Context, d *printer.Driver) error {
	return await(ctx, "the printer to be ready", func() (bool, string) {
		ready := d.State().Ready()
		return ready == nil, fmt.Sprint(ready)
	})
}

// refused stalls the next transfer to a printer that is ready. What a slip says then depends on which transfer that was;
// it must not say that it is printed.
func (c *usbChapter) refused(ctx context.Context) (string, error) {
	d, err := c.through("SIMP2")
	if err != nil {
		return "", err
	}
	stop := running(ctx, d.Run)
	defer stop()
	if err := awaitReady(ctx, d); err != nil {
		return "", err
	}
	b := pattern(13)
	before := len(c.second.papers())
	c.second.SetFaults(vhci.Faults{Stalls: 2})
	said := d.Print(ctx, b)
	c.second.SetFaults(vhci.Faults{})
	came := len(c.second.papers()) > before && showsNewest(c.second, b) == nil
	if said == nil && !came {
		return "", errors.New("it is said to be printed, and is not")
	}
	stop()
	again := pattern(15)
	if err := c.print(ctx, "SIMP2", again); err != nil {
		return "", fmt.Errorf("and then: %w", err)
	}
	return fmt.Sprint(said, "; the next is printed"), showsNewest(c.second, again)
}
