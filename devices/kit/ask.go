package kit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"markaz.example/devices/finger"
	"markaz.example/devices/finger/zfm"
	"markaz.example/devices/profile"
	"markaz.example/devices/scale"
)

// ErrCannot is reported for a class of device that has no such thing to ask or set.
var ErrCannot = errors.New("this kind of device cannot do that")

// Facts is how the device is by what it last said; none before it said anything. Any goroutine may call it.
func (d Device) Facts() []profile.Fact {
	if !d.known() {
		return nil
	}
	return d.facts()
}

// Probe asks the device what it is and how it is. Its driver must not be running: Probe opens the port for as long as the
// questions take.
func (d Device) Probe(ctx context.Context) (facts []profile.Fact, err error) {
	if d.probe != nil {
		return d.probe(ctx)
	}
	err = d.during(ctx, func(ctx context.Context) (err error) {
		if d.asks != nil {
			facts, err = d.asks(ctx)
		}
		facts = append(facts, d.Facts()...)
		return err
	})
	return facts, err
}

// Apply writes the firmware parameters of the profile and reads them back. Its driver must not be running. ErrCannot for
// a device that has none.
func (d Device) Apply(ctx context.Context) (settings []profile.Setting, err error) {
	if d.apply == nil {
		return nil, fmt.Errorf("set a %s: %w", d.Class, ErrCannot)
	}
	err = d.during(ctx, func(ctx context.Context) (err error) {
		settings, err = d.apply(ctx)
		return err
	})
	return settings, err
}

// during runs the driver while something is done, once the device has said how it is.
func (d Device) during(ctx context.Context, do func(context.Context) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		stop(d.Driver.Run(ctx))
	}()
	err := d.await(ctx)
	if err == nil {
		err = do(ctx)
	}
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause // the driver ended, and knows better why
	}
	stop(nil)
	<-ended
	return err
}

func (d Device) await(ctx context.Context) error {
	for !d.known() {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(lookEvery):
		}
	}
	return nil
}

// FactSerial is the key of a device's own number, where it tells.
const FactSerial = "serial number"

func scaleFacts(d *scale.Driver) (facts []profile.Fact) {
	s := d.State()
	if s.Serial != "" {
		facts = append(facts, profile.Fact{Key: FactSerial, Value: s.Serial})
	}
	r, ok := d.Latest()
	if !ok {
		return facts
	}
	steady := "no"
	if r.Stable {
		steady = "yes"
	}
	return append(facts, profile.Fact{Key: "weight", Value: r.Text + " " + string(r.Unit)}, profile.Fact{Key: "steady", Value: steady})
}

// scaleIdentity is nothing for a scale that can only talk.
func scaleIdentity(ctx context.Context, d *scale.Driver) (facts []profile.Fact, err error) {
	id, err := d.Identify(ctx)
	if errors.Is(err, scale.ErrAtKeys) {
		return nil, nil
	}
	for _, f := range []profile.Fact{{Key: "type", Value: id.Type}, {Key: "software", Value: id.Software}, {Key: "levels", Value: id.Levels}} {
		if f.Value != "" {
			facts = append(facts, f)
		}
	}
	return facts, err
}

func fingerFacts(s finger.State) []profile.Fact {
	how := "ready"
	switch {
	case s.Line != nil:
		how = s.Line.Error()
	case s.Trouble != nil:
		how = s.Trouble.Error()
	case !s.Ready:
		how = "not ready"
	}
	return []profile.Fact{{Key: "state", Value: how}}
}

// zfmAbilities is what a module keeps and what it can do beyond the common commands.
func zfmAbilities(ctx context.Context, d *zfm.Driver) (facts []profile.Fact, err error) {
	p, err := d.Parameters(ctx)
	if err != nil {
		return nil, err
	}
	n, err := d.Count(ctx)
	if err != nil {
		return nil, err
	}
	facts = []profile.Fact{
		{Key: "fingers kept", Value: fmt.Sprintf("%d of %d", n, p.Library)}, {Key: "security", Value: fmt.Sprint(p.Security)},
		{Key: "packet bytes", Value: fmt.Sprint(p.PacketBytes)}, {Key: "baud", Value: fmt.Sprint(p.Baud)},
	}
	a, err := d.Probe(ctx)
	for _, known := range []struct {
		has bool
		key string
	}{{a.Ring, "ring of light"}, {a.Light, "light"}, {a.Notepad, "notepad"}, {a.SensorCheck, "sensor check"}, {a.HandShake, "hand shake"}, {a.Echo, "echo"}, {a.Dark, "dark picture"}} {
		if known.has {
			facts = append(facts, profile.Fact{Key: known.key, Value: "yes"})
		}
	}
	return facts, err
}
