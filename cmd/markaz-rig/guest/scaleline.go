package guest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"markaz.example/devices/port"
	"markaz.example/devices/profile"
	"markaz.example/devices/scale"
	"markaz.example/devices/usb/vhci"
)

// scaleLine weighs through the kernel's USB serial driver.
func scaleLine(ctx context.Context, j *judge) {
	sim := newScale()
	o, _ := newSerial(sim)
	stop := parts(ctx, o.Run)
	defer stop()
	j.check(ctx, "a scale is plugged in", func(ctx context.Context) (string, error) {
		o.Plug(true)
		return tty, awaitNode(ctx, tty)
	})
	model, err := profile.LoadScale(filepath.Join(profiles, "scale-mt-bba231.toml"))
	j.check(ctx, "its weights are read", func(ctx context.Context) (string, error) {
		if err != nil {
			return "", err
		}
		return weighAll(ctx, model, sim, 4250, 12_340)
	})
	j.check(ctx, "unplugged in the middle of a question it is gone", func(ctx context.Context) (string, error) {
		return loseScale(ctx, model, o)
	})
	j.check(ctx, "plugged in again it weighs", func(ctx context.Context) (string, error) {
		o.Plug(true)
		if err := awaitNode(ctx, tty); err != nil {
			return "", err
		}
		return weighAll(ctx, model, sim, 6125)
	})
	o.Plug(false)
	j.check(ctx, "scale unplugged", func(ctx context.Context) (string, error) { return "gone", awaitGone(ctx, serialID) })
}

// newScale is a simulated scale for infants.
func newScale() *scale.Sim { return &scale.Sim{Division: 5, Capacity: 15_000, Speed: simSpeed} }

func scaleDriver(model profile.Scale) *scale.Driver {
	return &scale.Driver{Port: port.Serial{Path: tty, Baud: model.Line.Baud}, Profile: model}
}

// weighAll puts loads on the pan, in grams, and waits until the driver reads each at rest.
func weighAll(ctx context.Context, model profile.Scale, sim *scale.Sim, loads ...int64) (string, error) {
	d := scaleDriver(model)
	stop := running(ctx, d.Run)
	defer stop()
	readings, end := d.Watch()
	defer end()
	for _, grams := range loads {
		sim.Put(grams)
		if err := reads(ctx, readings, grams); err != nil {
			return "", err
		}
	}
	return fmt.Sprint(loads, " g"), nil
}

// reads waits for a weight at rest.
func reads(ctx context.Context, readings <-chan scale.Reading, grams int64) error {
	var last scale.Reading
	for {
		select {
		case last = <-readings:
			if last.Status == scale.OK && last.Grams == grams {
				return nil
			}
		case <-ctx.Done():
			return fmt.Errorf("waited in vain for %d g at rest; the last was %+v", grams, last)
		}
	}
}

// loseScale pulls the plug when the driver has sent two bytes of a question.
func loseScale(ctx context.Context, model profile.Scale, o *vhci.Outlet) (string, error) {
	o.PullAfter(2, 0)
	err := scaleDriver(model).Run(ctx)
	if !errors.Is(err, port.ErrGone) {
		return "", fmt.Errorf("the driver ended with: %v", err)
	}
	return err.Error(), awaitGone(ctx, serialID)
}
