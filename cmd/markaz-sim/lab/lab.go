package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// ErrNone is reported where namespaces cannot be made: not root, a kernel without them, iproute2 or nftables missing.
var ErrNone = errors.New("network namespaces cannot be made here: it takes root, and the packages iproute2 and nftables")

// hostsMax keeps addresses within one network of 254, with room for the switch.
const hostsMax = 200

// Lab is a switch and the hosts at it. It is not for several goroutines, but for Set of a host.
type Lab struct {
	prefix string
	hosts  []*Host
}

// Host is one namespace with one line to the switch.
type Host struct {
	lab    *Lab
	number int

	mu    sync.Mutex // held while the line is changed
	fault Fault      // guarded by mu
}

// New makes a switch.
func New(ctx context.Context) (*Lab, error) {
	l := &Lab{prefix: fmt.Sprintf("mkz%d", os.Getpid())}
	err := run(ctx, "ip", "netns", "add", l.center())
	if err == nil {
		err = errors.Join(
			l.in(ctx, "ip", "link", "add", "br0", "type", "bridge"),
			l.in(ctx, "ip", "link", "set", "br0", "up"),
			l.in(ctx, "nft", "list", "ruleset"),
		)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrNone, err), l.Close())
	}
	return l, nil
}

func (l *Lab) center() string { return l.prefix + "-sw" }

// in runs a command in the switch's namespace.
func (l *Lab) in(ctx context.Context, args ...string) error {
	return run(ctx, "ip", append([]string{"netns", "exec", l.center()}, args...)...)
}

// Add makes a host.
func (l *Lab) Add(ctx context.Context) (*Host, error) {
	if len(l.hosts) == hostsMax {
		return nil, fmt.Errorf("a lab has %d hosts at most", hostsMax)
	}
	h := &Host{lab: l, number: len(l.hosts)}
	l.hosts = append(l.hosts, h)
	for _, args := range [][]string{
		{"ip", "netns", "add", h.space()},
		{"ip", "-n", l.center(), "link", "add", h.port(), "type", "veth", "peer", "name", "eth0", "netns", h.space()},
		{"ip", "-n", l.center(), "link", "set", h.port(), "master", "br0", "up"},
		{"ip", "-n", h.space(), "addr", "add", h.Address() + "/24", "dev", "eth0"},
		{"ip", "-n", h.space(), "link", "set", "eth0", "up"},
		{"ip", "-n", h.space(), "link", "set", "lo", "up"},
	} {
		if err := run(ctx, args[0], args[1:]...); err != nil {
			return nil, fmt.Errorf("add host %d: %w", h.number, err)
		}
	}
	return h, nil
}

// Close takes every namespace away. Processes in them must have ended.
func (l *Lab) Close() error {
	ctx := context.Background()
	var errs []error
	for _, h := range l.hosts {
		errs = append(errs, run(ctx, "ip", "netns", "del", h.space()))
	}
	l.hosts = nil
	if _, err := os.Stat("/run/netns/" + l.center()); err == nil {
		errs = append(errs, run(ctx, "ip", "netns", "del", l.center()))
	}
	return errors.Join(errs...)
}

func (h *Host) space() string { return fmt.Sprintf("%s-%d", h.lab.prefix, h.number) }
func (h *Host) port() string  { return fmt.Sprint("p", h.number) }

// Address is where the others reach it.
func (h *Host) Address() string { return fmt.Sprint("10.77.0.", 10+h.number) }

// Command is how to run a program on the host: it keeps its process id, so signals reach the program itself.
func (h *Host) Command(path string, args ...string) (string, []string) {
	return "ip", append([]string{"netns", "exec", h.space(), path}, args...)
}

func run(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}
