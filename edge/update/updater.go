package update

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"

	"markaz.example/edge/durable"
)

// System is the machine that is updated.
type System interface {
	// Installed is the version that is there whole, and empty when none is.
	Installed() (Version, error)
	// Keep makes sure that a file is a package that brings back what is installed.
	Keep(file string) error
	// Install puts a package in, a newer one or an older one, whatever state an earlier attempt left. The services run
	// again afterwards.
	Install(file string) error
	// Health is how the box serves now.
	Health(ctx context.Context) Health
	// Prove waits until a version serves as the box did before, or reports why it does not.
	Prove(ctx context.Context, v Version, before Health) error
}

// Updater takes what the box staged, and brings the machine there and back. One process runs it, as root.
type Updater struct {
	Dir     string // its own; no other user may write there
	Data    string // of the box
	Package string
	Arch    string
	Keys    []ed25519.PublicKey
	System  System
	Log     *slog.Logger

	watch func(point string) // told of each point at which the power could go; tests only
}

func (u *Updater) at(point string) {
	if u.watch != nil {
		u.watch(point)
	}
}

// Run goes on with the update that is under way, then takes what is staged, until there is nothing to do. What cannot be
// done now is an error: the next Run tries again.
func (u *Updater) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		var j Journal
		under, err := u.load(journalName, &j)
		if err != nil {
			return err
		}
		if !under {
			more, err := u.take(ctx)
			if err != nil || !more {
				return err
			}
			continue
		}
		var last Outcome
		if _, err := u.load(outcomeName, &last); err != nil {
			return err
		}
		if last.Number == j.Number {
			err = u.clear(last)
		} else {
			err = u.advance(ctx, j)
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// advance does one step of an update and writes down what follows. When the machine stops meanwhile nothing follows: the
// step is begun again.
func (u *Updater) advance(ctx context.Context, j Journal) error {
	if j.Step == StepProve {
		if j.Tries++; j.Tries > provingMax {
			return u.settle(j, fmt.Errorf("the machine stopped %d times while it was watched", provingMax))
		}
		if err := u.save(journalName, j); err != nil {
			return err
		}
	}
	err := u.work(ctx, j)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if j.Step == StepReturn && err != nil {
		return fmt.Errorf("the old version could not be put back: %w", err)
	}
	return u.settle(j, err)
}

func (u *Updater) work(ctx context.Context, j Journal) (err error) {
	u.at("before " + string(j.Step))
	defer func() { u.at("after " + string(j.Step)) }()
	switch j.Step {
	case StepKeep:
		return errors.Join(u.unstage(), u.System.Keep(u.path(presentName)))
	case StepInstall:
		return u.System.Install(u.path(nextName))
	case StepProve:
		return u.System.Prove(ctx, j.To, j.Before)
	case StepReturn:
		return u.System.Install(u.path(presentName))
	}
	return fmt.Errorf("the journal says %q, which is no step", j.Step)
}

// settle writes down what follows a step. After the outcome is written there is nothing more to do than to tidy.
func (u *Updater) settle(j Journal, err error) error {
	if err != nil {
		u.Log.Error("update", "step", j.Step, "version", j.To, "err", err)
	}
	j, over := j.next(err)
	if over == nil {
		u.Log.Info("update", "step", j.Step, "version", j.To)
		return u.save(journalName, j)
	}
	if over.Result == Returned {
		if err := u.mark(j); err != nil {
			return err
		}
	}
	if err := u.end(*over); err != nil {
		return err
	}
	return u.clear(*over)
}

// clear forgets an update whose outcome is written.
func (u *Updater) clear(over Outcome) error {
	if err := u.remove(journalName); err != nil {
		return err
	}
	if over.Result == Updated {
		return durable.Replace(u.path(nextName), u.path(presentName))
	}
	return u.remove(nextName)
}

// end tells the box and the log.
func (u *Updater) end(o Outcome) error {
	u.Log.Info("update is over", "from", o.From, "to", o.To, "result", o.Result, "reason", o.Reason)
	if err := u.save(outcomeName, o); err != nil {
		return err
	}
	return os.Chmod(u.path(outcomeName), 0o644)
}

// errBad is a reason to take nothing, besides what Read and Follows say.
var errBad = errors.New("this very package did not come up here before")

// take begins an update from what is staged. It reports false when nothing is.
func (u *Updater) take(ctx context.Context) (bool, error) {
	file, err := u.staged()
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	now, known := u.System.Installed()
	if known != nil {
		return false, known
	}
	if err != nil {
		return true, u.refuse(Outcome{From: now, Result: Refused, Reason: reason(err)})
	}
	defer file.Close()
	m, err := u.copy(file)
	if err == nil && m.Version == now {
		return true, errors.Join(u.remove(nextName), u.unstage()) // told again what is done
	}
	if err == nil {
		err = u.admissible(m, now)
	}
	if err != nil {
		return true, u.refuse(Outcome{From: now, To: m.Version, Result: Refused, Reason: reason(err)})
	}
	number, err := u.number()
	if err != nil {
		return false, err
	}
	j := Journal{Number: number, Step: StepKeep, From: now, To: m.Version, Digest: m.Digest.String(), Before: u.System.Health(ctx)}
	return true, u.save(journalName, j)
}

// copy takes the package out of an update's file, checking it on the way.
func (u *Updater) copy(file io.Reader) (m Manifest, err error) {
	aside := u.path(nextName + ".new")
	to, err := os.OpenFile(aside, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return m, err
	}
	m, err = Read(file, u.Keys, to)
	if err := errors.Join(err, to.Sync(), to.Close()); err != nil {
		return m, errors.Join(err, os.Remove(aside))
	}
	return m, durable.Replace(aside, u.path(nextName))
}

func (u *Updater) admissible(m Manifest, now Version) error {
	if err := m.Follows(u.Package, u.Arch, now); err != nil {
		return err
	}
	b, found, err := u.badOf(m.Digest.String())
	if found {
		return fmt.Errorf("%w: %s", errBad, b.Reason)
	}
	return err
}

func (u *Updater) refuse(o Outcome) (err error) {
	if o.Number, err = u.number(); err != nil {
		return err
	}
	return errors.Join(u.end(o), u.remove(nextName), u.unstage())
}

// number is that of the next outcome.
func (u *Updater) number() (uint64, error) {
	var last Outcome
	_, err := u.load(outcomeName, &last)
	return last.Number + 1, err
}
