package scribe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"

	"markaz.example/cmd/markaz-rig/drive"
	"markaz.example/cmd/markaz-rig/guest"
	"markaz.example/cmd/markaz-rig/machine"
	"markaz.example/cmd/markaz-torture/victim"
	"markaz.example/edge/chain"
)

// Run is a number of cuts of one machine. Set the fields, then call Do once.
type Run struct {
	Machine *machine.Small // prepared, its program one that can be a victim
	Drive   *drive.Drive
	Cuts    int
	Seed    uint64 // of the moments and of what the drive forgets
	Out     io.Writer

	random *rand.Rand
	door   *net.UnixListener
	acked  map[string]chain.Position
	heard  int64 // bytes of what was said that were read
	result Result
}

// Result is what a run came to.
type Result struct {
	Cuts   int
	Opened int // starts that found the ledger whole, with all that was acknowledged
	Acked  int // answers that a caller got
	Drive  drive.Stats
	Took   time.Duration
}

func (r Result) String() string {
	return fmt.Sprintf("%d cuts, %d starts judged, %d answers, nothing lost; %s; %v", r.Cuts, r.Opened, r.Acked, r.Drive, r.Took.Round(time.Second))
}

// ErrBroken is a broken promise.
var ErrBroken = errors.New("a promise was broken")

// Format makes a drive with an empty file system on it.
func Format(ctx context.Context, file string) error {
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		return err
	}
	if err := os.Truncate(file, driveBytes); err != nil {
		return err
	}
	if out, err := exec.CommandContext(ctx, "mke2fs", "-q", "-F", "-t", "ext4", file).CombinedOutput(); err != nil {
		return fmt.Errorf("make a file system: %w: %s", err, out)
	}
	return nil
}

// Do cuts, and reports the first promise that is broken.
func (r *Run) Do(ctx context.Context) (Result, error) {
	begin := time.Now()
	r.random, r.acked = rand.New(rand.NewPCG(r.Seed, r.Seed)), map[string]chain.Position{}
	door, err := net.ListenUnix("unix", &net.UnixAddr{Name: r.Machine.Drive})
	if err != nil {
		return r.result, err
	}
	r.door = door
	defer door.Close()
	for err == nil && r.result.Cuts < r.Cuts {
		if err = r.life(ctx, r.cut, 0); err == nil {
			r.result.Cuts++
		}
	}
	if err == nil {
		err = r.life(ctx, r.ends, answers)
	}
	r.result.Drive, r.result.Took = r.Drive.Stats(), time.Since(begin)
	return r.result, err
}

// life is from one start to its end, as given.
func (r *Run) life(ctx context.Context, end func(context.Context, *machine.Powered) error, stop int) error {
	environment, err := victim.Config{Kind: victim.Ledger, Dir: guest.Drive, Acked: r.acked, Seed: r.random.Uint64(), Stop: stop}.Environment()
	if err != nil {
		return err
	}
	err = r.Drive.While(r.door, func() error {
		m, err := r.Machine.Start(ctx, environment)
		if err == nil {
			err = errors.Join(end(ctx, m), m.Kill(), r.listen(nil), r.forget())
		}
		return err
	})
	err = errors.Join(err, r.Drive.Cut(r.random))
	fmt.Fprintf(r.Out, "start %d: %d judged whole, %d answers; %s\n", r.result.Cuts+1, r.result.Opened, r.result.Acked, r.Drive.Stats())
	return err
}

// cut pulls the plug: once in four while the drive is mounted and the ledger opened, otherwise in the midst of writing.
func (r *Run) cut(ctx context.Context, m *machine.Powered) error {
	if r.random.IntN(4) == 0 {
		return r.wait(ctx, m, r.Drive.Arm(1+r.random.IntN(nthEarly)), nil)
	}
	opened := func(l victim.Line) bool { return l.Word == victim.Opened }
	if err := r.wait(ctx, m, nil, opened); err != nil {
		return err
	}
	select {
	case <-time.After(time.Duration(r.random.Int64N(int64(longest)))):
	case <-m.Ended(): // what it said is judged
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
	if r.random.IntN(2) == 0 {
		return r.wait(ctx, m, r.Drive.Arm(1+r.random.IntN(nthMost)), nil)
	}
	return nil
}

// ends lets a writer come to its end.
func (r *Run) ends(ctx context.Context, m *machine.Powered) error {
	before := r.result.Opened
	select {
	case <-m.Ended():
	case <-time.After(upLimit):
		return r.broken("the last start does not end")
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := r.listen(nil); err != nil {
		return err
	}
	if r.result.Opened == before {
		return r.broken("the last start opened nothing")
	}
	return nil
}

// wait ends when the drive lost its power, or when such a line was said; either may be nil.
func (r *Run) wait(ctx context.Context, m *machine.Powered, gone <-chan struct{}, said func(victim.Line) bool) error {
	limit := time.After(upLimit)
	for {
		done := false
		err := r.listen(func(l victim.Line) { done = done || said != nil && said(l) })
		if err != nil || done {
			return err
		}
		select {
		case <-gone:
			return nil
		case <-m.Ended():
			return errors.Join(r.listen(nil), r.broken("the machine went off by itself"))
		case <-limit:
			return r.broken("the machine does not get on")
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(look):
		}
	}
}

// listen reads the whole lines that were said since, and reports what is wrong.
func (r *Run) listen(each func(victim.Line)) error {
	text, err := readFrom(r.Machine.Said(), r.heard)
	if err != nil {
		return err
	}
	whole := text[:strings.LastIndex(text, "\n")+1]
	r.heard += int64(len(whole))
	for line := range strings.Lines(whole) {
		l := victim.Parse(strings.TrimRight(line, "\r\n"))
		if err := r.hear(l); err != nil {
			return err
		}
		if each != nil {
			each(l)
		}
	}
	return nil
}

// forget goes past half a line that a plug cut.
func (r *Run) forget() error {
	info, err := os.Stat(r.Machine.Said())
	if err == nil {
		r.heard = info.Size()
	}
	return err
}

func (r *Run) hear(l victim.Line) error {
	switch l.Word {
	case victim.Opened:
		r.result.Opened++
	case victim.Acked:
		r.result.Acked++
		if l.At.Seq >= r.acked[l.Chain].Seq {
			r.acked[l.Chain] = l.At
		}
	case victim.Seen, victim.Missed: // what a missed witness is for comes to light at the next start
	default:
		return r.broken(l.String())
	}
	return nil
}

func (r *Run) broken(what string) error {
	console, err := readFrom(r.Machine.Console(), 0)
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: %s; the end of its console:\n%s", ErrBroken, what, console[max(0, len(console)-tailBytes):])
}

func readFrom(name string, offset int64) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return "", err
	}
	text, err := io.ReadAll(f)
	return string(text), err
}
