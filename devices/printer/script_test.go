package printer

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/devices/fault"
	"markaz.example/devices/outlet"
)

// Whatever a script does to a slip under way, the driver's word fits the paper, and the printer comes back to work.
func TestFaultScripts(t *testing.T) {
	outcomes := map[string]int{}
	for _, script := range []string{
		"after 1 to 400 bytes out: unplug for 3s",
		"after 20 to 600 bytes out: power off for 10s",
		"after 37 bytes out: silence for 5s",
		"after 300 bytes out: stuck for 4s",
		"then: half answers for 3s",
		"then: delay answers 800ms for 8s",
		"after 100 bytes out: babble 4096 bytes\nrepeat 3",
		"every 50 to 90 bytes in: flip bit\nafter 500 bytes out: unplug for 100ms",
	} {
		for seed := range 8 {
			text := fmt.Sprintf("seed %d\n%s", seed+1, script)
			synctest.Test(t, func(t *testing.T) { underScript(t, text, outcomes) })
		}
	}
	if outcomes["uncertain"] < 8 || outcomes["not sent"] < 8 {
		t.Errorf("control: the scripts did little harm: %v", outcomes)
	}
}

func underScript(t *testing.T, text string, outcomes map[string]int) {
	r := newRig(t, model())
	plug := &outlet.Memory{Device: r.sim, Script: fault.MustParse(text)}
	plug.Plug(true)
	r.d.Port = plug
	ctx, stop := context.WithCancel(t.Context())
	var parts sync.WaitGroup
	parts.Go(func() { plug.Run(ctx) })
	parts.Go(func() {
		for ctx.Err() == nil {
			r.d.Run(ctx)
			sleep(ctx, 100*time.Millisecond)
		}
	})
	last := "nothing"
	for seed := 1; seed <= 400 && (last != "printed" || seed <= 3); seed++ {
		slip := picture(r.d.Profile.WidthDots, 20, seed)
		last = class(r.d.Print(ctx, slip))
		outcomes[last]++
		n := r.count(slip)
		if last == "printed" && n != 1 || last == "not sent" && n != 0 || n > 1 {
			t.Errorf("%s\nslip %d: %s, and %d papers", text, seed, last, n)
		}
		time.Sleep(200 * time.Millisecond)
	}
	if last != "printed" {
		t.Errorf("%s\nthe printer does not come back to work: the last slip was %s", text, last)
	}
	stop()
	parts.Wait()
}
