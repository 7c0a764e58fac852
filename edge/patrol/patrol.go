package patrol

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"markaz.example/edge/durable"
)

const (
	// Every is how often a store is walked through: weekly at the least, so a day before the week is over.
	Every = 6 * 24 * time.Hour

	// lookEvery is how often it is asked whether a walk is due.
	lookEvery = time.Minute

	// settleFor is how long after a start nobody walks: then everything else wants the disk.
	settleFor = 5 * time.Minute

	// restFactor is how much longer than a step the rest behind it is: a tenth of the disk's time is the walk's.
	restFactor = 9

	// restMin is the rest behind a step that took nothing.
	restMin = 20 * time.Millisecond

	// savedEvery is how many steps are walked again after a cut at the most.
	savedEvery = 64

	// fileBytesMax bounds the file: a state with the longest finding.
	fileBytesMax = 8 << 10

	// foundBytesMax bounds what is kept of a finding.
	foundBytesMax = 2 << 10
)

// State is how the walks stand.
type State struct {
	Began time.Time `json:"began,omitzero"` // of the walk under way; zero while there is none
	Place string    `json:"place,omitempty"`
	Steps uint64    `json:"steps,omitempty"` // of the walk under way
	Ended time.Time `json:"ended,omitzero"`  // of the last walk that came to its end, or to a finding
	Found string    `json:"found,omitempty"` // the first thing that is wrong; empty when all was in order
}

// Step walks a little way behind a place, "" for the beginning, and gives the place it came to; "" at the end. Its error is
// a finding, unless the context has ended.
type Step func(ctx context.Context, place string) (next string, err error)

// Patrol walks. Its fields are set before Run.
type Patrol struct {
	Path  string                // of the file
	Step  Step                  //
	Quiet func(context.Context) // waits for a moment that suits, not for long; may be nil
	Now   func() time.Time      //
	Log   *slog.Logger          //

	mu    sync.Mutex
	state State // guarded by mu
}

// State is how the walks stand.
func (p *Patrol) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

// Run walks when it is due, until the context ends.
func (p *Patrol) Run(ctx context.Context) error {
	p.set(load(p.Path))
	pause(ctx, settleFor)
	for ctx.Err() == nil {
		if !p.due() {
			pause(ctx, lookEvery)
			continue
		}
		p.walk(ctx)
	}
	return nil
}

// due: a clock that was put back, or wrong when the last walk ended, makes a walk too many rather than one too few.
func (p *Patrol) due() bool {
	s := p.State()
	return !s.Began.IsZero() || s.Ended.IsZero() || p.Now().Sub(s.Ended).Abs() >= Every
}

// walk goes on with the walk under way, or begins one, and ends with it or with the context.
func (p *Patrol) walk(ctx context.Context) {
	s := p.State()
	if s.Began.IsZero() {
		s.Began, s.Place, s.Steps = p.Now(), "", 0
	}
	for {
		if p.Quiet != nil {
			p.Quiet(ctx)
		}
		began := time.Now()
		next, err := p.Step(ctx, s.Place)
		if ctx.Err() != nil {
			p.save(s)
			return
		}
		s.Steps++
		if s.Place = next; err != nil || next == "" {
			p.end(s, err)
			return
		}
		if p.set(s); s.Steps%savedEvery == 0 {
			p.save(s)
		}
		pause(ctx, max(restMin, restFactor*time.Since(began)))
	}
}

func (p *Patrol) end(s State, found error) {
	if found == nil {
		p.Log.Info("the store was walked through: all is in order", "store", p.Path, "steps", s.Steps)
	} else {
		p.Log.Error("the store was walked through, and something is wrong in it", "store", p.Path, "err", found)
	}
	done := State{Ended: p.Now()}
	if found != nil {
		done.Found = short(found.Error())
	}
	p.set(done)
	p.save(done)
}

// save keeps a state. One that cannot be kept costs a part of a walk.
func (p *Patrol) save(s State) {
	p.set(s)
	b, err := json.Marshal(s)
	if err == nil {
		err = durable.WriteFile(p.Path, append(b, '\n'))
	}
	if err != nil {
		p.Log.Warn("how far a store was verified was not kept", "err", err)
	}
}

func (p *Patrol) set(s State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = s
}

// load reads a state; what cannot be read begins anew.
func load(path string) (s State) {
	b, err := os.ReadFile(path)
	if err != nil || len(b) > fileBytesMax {
		return State{}
	}
	if s, err = decode(b); err != nil {
		return State{}
	}
	return s
}

func decode(b []byte) (s State, err error) {
	if err := json.Unmarshal(b, &s); err != nil {
		return State{}, fmt.Errorf("read how far a store was verified: %w", err)
	}
	return s, nil
}

func short(s string) string { return s[:min(len(s), foundBytesMax)] }

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
