package lab

import (
	"context"
	"errors"
	"fmt"
)

// Fault is what is wrong with a host's line.
type Fault uint8

// The faults.
const (
	Whole   Fault = iota
	Cut           // the cable is out
	Hole          // everything is swallowed, both ways
	Deaf          // what comes to the host is swallowed
	Mute          // what the host says is swallowed
	Lossy         // three packets in ten are lost, both ways
	Resets        // connections are reset
	Slow          // 64 kbit/s each way, with a queue of up to two seconds
	Delayed       // 300 ms each way; slow where the kernel cannot delay
	faults
)

// Faults is how many there are, Whole among them.
const Faults = int(faults)

func (f Fault) String() string {
	return [...]string{"whole", "cut", "hole", "deaf", "mute", "lossy", "resets", "slow", "delayed"}[f]
}

// Set mends the host's line and then puts a fault on it. Any goroutine may call it.
func (h *Host) Set(ctx context.Context, f Fault) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	err := h.mend(ctx)
	if err == nil {
		err = h.harm(ctx, f)
	}
	if err != nil {
		return fmt.Errorf("line of host %d, %s: %w", h.number, f, err)
	}
	h.fault = f
	return nil
}

func (h *Host) mend(ctx context.Context) error {
	switch h.fault {
	case Whole:
		return nil
	case Cut:
		return run(ctx, "ip", "-n", h.lab.center(), "link", "set", h.port(), "up")
	case Slow, Delayed:
		return errors.Join(
			run(ctx, "tc", "-n", h.space(), "qdisc", "del", "dev", "eth0", "root"),
			run(ctx, "tc", "-n", h.lab.center(), "qdisc", "del", "dev", h.port(), "root"),
		)
	}
	return h.rules(ctx, "flush ruleset")
}

func (h *Host) harm(ctx context.Context, f Fault) error {
	const table = "flush ruleset\n" +
		"table inet harm {\n" +
		"chain in { type filter hook input priority 0; iif \"lo\" accept; %s; }\n" +
		"chain out { type filter hook output priority 0; oif \"lo\" accept; %s; }\n" +
		"}\n"
	switch f {
	case Cut:
		return run(ctx, "ip", "-n", h.lab.center(), "link", "set", h.port(), "down")
	case Hole:
		return h.rules(ctx, fmt.Sprintf(table, "drop", "drop"))
	case Deaf:
		return h.rules(ctx, fmt.Sprintf(table, "drop", "accept"))
	case Mute:
		return h.rules(ctx, fmt.Sprintf(table, "accept", "drop"))
	case Lossy:
		const lose = "numgen random mod 100 < 30 drop"
		return h.rules(ctx, fmt.Sprintf(table, lose, lose))
	case Resets:
		return h.rules(ctx, fmt.Sprintf(table, "meta l4proto tcp reject with tcp reset", "accept"))
	case Slow:
		return h.shape(ctx, "tbf", "rate", "64kbit", "burst", "8kb", "latency", "2s")
	case Delayed:
		err := h.shape(ctx, "netem", "delay", "300ms", "50ms")
		if err == nil {
			return nil
		}
		return h.shape(ctx, "tbf", "rate", "256kbit", "burst", "8kb", "latency", "2s")
	}
	return nil
}

func (h *Host) rules(ctx context.Context, text string) error {
	return run(ctx, "ip", "netns", "exec", h.space(), "nft", text)
}

// shape gives both ends of the line a queueing discipline.
func (h *Host) shape(ctx context.Context, discipline ...string) error {
	add := func(space, device string) error {
		return run(ctx, "tc", append([]string{"-n", space, "qdisc", "add", "dev", device, "root"}, discipline...)...)
	}
	if err := add(h.space(), "eth0"); err != nil {
		return err
	}
	return add(h.lab.center(), h.port())
}
