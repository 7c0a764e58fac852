package nation

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"markaz.example/cmd/markaz-sim/lab"
	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/edge/durable"
	"markaz.example/edge/id"
	"markaz.example/sync/roster"
	"markaz.example/sync/uplink"
)

// The files between a box that is a process of its own and who started it.
const (
	tlsName    = "tls"
	stateName  = "state.json" // how the road stands, by the box, a few times a second
	closedName = "closed"     // nobody comes any more, by who started it
)

const stateEvery = 250 * time.Millisecond

// OneBox is the command that runs a box alone; markaz-sim gives it its place on the command line.
const OneBox = "one-box"

// process is a box as a process of its own, so that it can be killed.
func (b *Box) process(program string, line Line, log *slog.Logger) *stage.Process {
	args := []string{OneBox, b.Dir, string(b.Centre), "--pace", fmt.Sprint(b.Pace), "--people", strconv.Itoa(b.People)}
	for _, a := range b.Addresses {
		args = append(args, "--headquarters", a)
	}
	if b.Liar {
		args = append(args, "--liar")
	}
	if h, ok := line.(*lab.Host); ok {
		program, args = h.Command(program, args...)
	}
	return &stage.Process{Name: string(b.Centre), Path: program, Args: args, Log: filepath.Join(b.Dir, "box.log"), Slog: log}
}

// told is what the process said last.
func (b *Box) told() (s uplink.State, ok bool) {
	text, err := os.ReadFile(filepath.Join(b.Dir, stateName))
	return s, err == nil && json.Unmarshal(text, &s) == nil
}

// tellClosed is heard by the process, also after its next start.
func (b *Box) tellClosed() error {
	return os.WriteFile(filepath.Join(b.Dir, closedName), nil, 0o600)
}

// Alone makes the box of a directory that SetUp made, inside its own process.
func Alone(dir string, centre id.Centre) (*Box, error) {
	secret, err := roster.ClientTLS(filepath.Join(dir, tlsName), hqName, roster.MachineClock)
	if err != nil {
		return nil, err
	}
	return &Box{Dir: dir, Centre: centre, TLS: secret, DialMax: dialMax, Log: slog.Default()}, nil
}

// RunAlone is Run inside its own process.
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
