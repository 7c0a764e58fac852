package update

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"markaz.example/edge/door"
)

// Status is what a running box says of itself at its door.
type Status struct {
	Software string `json:"software"` // "markaz 1.1"
	Seq      uint64 `json:"seq"`      // the newest record that it acknowledged
}

// StatusVerb is how it is asked.
const StatusVerb = "GET /status"

// Service is the box's service on this machine.
type Service struct {
	Unit   string // "markaz.service"
	Door   *door.Client
	Active func(context.Context) error // whether the unit runs; nil asks systemctl
}

// What Prove reports.
var (
	errNotServing = errors.New("it does not serve")
	errBehind     = errors.New("its newest record is older than before the update")
)

// Health is how the box serves now.
func (s Service) Health(ctx context.Context) Health {
	status, err := s.ask(ctx)
	return Health{Serves: err == nil, Seq: status.Seq}
}

func (s Service) ask(ctx context.Context) (status Status, err error) {
	ctx, cancel := context.WithTimeout(ctx, proofLook)
	defer cancel()
	err = s.Door.Call(ctx, "GET", "/status", struct{}{}, &status)
	return status, err
}

// Prove waits until a version served at every look for half a minute. A box that did not serve before, because nobody had
// configured it or its ledger was broken, has to run, and no more.
func (s Service) Prove(ctx context.Context, v Version, before Health) error {
	ctx, cancel := context.WithTimeoutCause(ctx, ProofWait, fmt.Errorf("%w within %s", errNotServing, ProofWait))
	defer cancel()
	var last error
	for good := 0; good < proofLooks; {
		if last = s.look(ctx, v, before); last == nil {
			good++
		} else {
			good = 0
		}
		select {
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), last)
		case <-time.After(proofLook):
		}
	}
	return nil
}

func (s Service) look(ctx context.Context, v Version, before Health) error {
	if err := s.active(ctx); err != nil || !before.Serves {
		return err
	}
	now, err := s.ask(ctx)
	switch want := "markaz " + string(v); {
	case err != nil:
		return err
	case now.Software != want:
		return fmt.Errorf("%w: %q runs, not %q", errNotServing, now.Software, want)
	case now.Seq < before.Seq:
		return fmt.Errorf("%w: %d, then it was %d", errBehind, now.Seq, before.Seq)
	}
	return nil
}

func (s Service) active(ctx context.Context) error {
	if s.Active != nil {
		return s.Active(ctx)
	}
	if _, err := said(exec.CommandContext(ctx, "systemctl", "--quiet", "is-active", s.Unit)); err != nil {
		return fmt.Errorf("%w: %s is not active", errNotServing, s.Unit)
	}
	return nil
}
