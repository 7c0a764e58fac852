package nation

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/edge/durable"
	"markaz.example/sync/uplink"
)

// The files between a box that is a process of its own and who started it.
const (
	stateName  = "state.json" // how the road stands, by the box, a few times a second
	closedName = "closed"     // nobody comes any more, by who started it
)

const stateEvery = 250 * time.Millisecond

// Child is a box that runs as a process of its own, so that it can be killed.
type Child struct {
	*Box
	Process *stage.Process
}

// newChild makes a box of a program that takes the arguments below: see Arguments.
func newChild(b *Box, program string, p stage.Process) *Child {
	p.Name, p.Path, p.Log = string(b.Centre), program, filepath.Join(b.Dir, "box.log")
	p.Args = []string{"one-box", b.Dir, string(b.Centre), "--pace", fmt.Sprint(b.Pace), "--people", strconv.Itoa(b.People)}
	for _, a := range b.Addresses {
		p.Args = append(p.Args, "--headquarters", a)
	}
	if b.Liar {
		p.Args = append(p.Args, "--liar")
	}
	return &Child{b, &p}
}

// Run keeps the process running until the context ends.
func (c *Child) Run(ctx context.Context) error { return c.Process.Run(ctx) }

// Kill is a power cut, as far as a process can tell.
func (c *Child) Kill() error { return c.Process.Signal(syscall.SIGKILL) }

// State is what the process said last; false before it said anything.
func (c *Child) State() (s uplink.State, ok bool) {
	b, err := os.ReadFile(filepath.Join(c.Dir, stateName))
	return s, err == nil && json.Unmarshal(b, &s) == nil
}

// CloseDoors keeps people from coming, also after the next start.
func (c *Child) CloseDoors() { _ = os.WriteFile(filepath.Join(c.Dir, closedName), nil, 0o600) }

// RunAlone is the box inside its process.
func (b *Box) RunAlone(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	told := make(chan struct{})
	go func() {
		defer close(told)
		b.tellParent(ctx)
	}()
	err := b.Run(ctx)
	stop()
	<-told
	return err
}

func (b *Box) tellParent(ctx context.Context) {
	for rest(ctx, stateEvery) {
		if _, err := os.Lstat(filepath.Join(b.Dir, closedName)); err == nil {
			b.CloseDoors()
		}
		s, ok := b.State()
		if !ok {
			continue
		}
		text, err := json.Marshal(s)
		if err == nil {
			err = durable.WriteFile(filepath.Join(b.Dir, stateName), text)
		}
		if err != nil {
			b.Log.Warn("say how the road stands", "err", err)
		}
	}
}
