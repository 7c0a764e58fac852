package flip

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"markaz.example/cmd/markaz-torture/victim"
)

// Run is a number of flips. Set the fields, then call Do once.
type Run struct {
	Flips int
	Seed  uint64    // of which bits
	Below string    // directory for the copies, in memory where there is one; empty means the usual for temporary files
	Out   io.Writer // each flip that is silent, as it is found; may be nil
	Keep  string    // directory for the files of such flips, to look closer; empty keeps none

	dir    string
	result Result
}

// Result is what a run came to.
type Result struct {
	Flips, Harmless, Named, Undone, Silent, Crashed int

	Alone int // control: flips that are not harmless, of which bbolt's own check says nothing
	Took  time.Duration
}

// Sound is whether every flip was harmless or named.
func (r Result) Sound() bool { return r.Flips == r.Harmless+r.Named && r.Named > 0 }

func (r Result) String() string {
	return fmt.Sprintf("%d flips, %d harmless, %d named, %d undone without a word, %d silent, %d crashed; bbolt's check alone would have missed %d; %.0f flips/s",
		r.Flips, r.Harmless, r.Named, r.Undone, r.Silent, r.Crashed, r.Alone, float64(r.Flips)/r.Took.Seconds())
}

// Do flips. It reports what keeps it from flipping; what it finds is in the result.
func (r *Run) Do(ctx context.Context) (out Result, err error) {
	if r.Out == nil {
		r.Out = io.Discard
	}
	if r.dir, err = os.MkdirTemp(r.Below, "markaz-flip-"); err != nil {
		return out, err
	}
	defer os.RemoveAll(r.dir)
	begin := time.Now()
	spots, err := r.prepare(ctx)
	if err != nil {
		return out, fmt.Errorf("make the ledger: %w", err)
	}
	for len(spots) > 0 && ctx.Err() == nil {
		done, err := r.batch(ctx, spots)
		if err != nil {
			return r.result, err
		}
		spots = spots[done:]
	}
	r.result.Took = time.Since(begin)
	return r.result, ctx.Err()
}

func (r *Run) whole() string { return filepath.Join(r.dir, "whole", "data") }

// prepare makes the ledger and draws the bits.
func (r *Run) prepare(ctx context.Context) (spots []spot, err error) {
	cmd, err := victim.Command(ctx, victim.Config{
		Kind: victim.Ledger, Dir: filepath.Dir(r.whole()), Seed: r.Seed, Blocks: true, Stop: presses,
	})
	if err != nil {
		return nil, err
	}
	said, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(said), string(victim.Refused)) {
		return nil, fmt.Errorf("%w: %s", err, said)
	}
	pages, pageBytes, err := used(filepath.Join(r.whole(), ledgerName))
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(r.Seed, r.Seed))
	for range r.Flips {
		at := pages[random.IntN(len(pages))]*int64(pageBytes) + random.Int64N(int64(pageBytes))
		spots = append(spots, spot{at, uint(random.IntN(8))})
	}
	return spots, nil
}

// batch lets one examiner go through spots until it is done or falls, and says how many are done.
func (r *Run) batch(ctx context.Context, spots []spot) (done int, err error) {
	text, err := json.Marshal(order{Whole: r.whole(), Dir: filepath.Join(r.dir, "copy"), Spots: spots})
	if err != nil {
		return 0, err
	}
	file := filepath.Join(r.dir, "order")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return 0, err
	}
	var complaint bytes.Buffer
	cmd, lines, err := start(ctx, file, &complaint)
	if err != nil {
		return 0, err
	}
	slow := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer slow.Stop()
	alone := false // bbolt is looking at the last one
	for lines.Scan() {
		slow.Reset(patience)
		var f finding
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil || f.Failed != "" {
			err = errors.Join(err, errors.New("the examiner: "+f.Failed))
			return done, errors.Join(err, cmd.Wait())
		}
		if f.Verdict == "" {
			alone = false
			r.alone(f.Why)
			continue
		}
		r.take(spots[done], f)
		alone = f.Verdict != Harmless
		done++
	}
	_ = cmd.Wait()
	switch {
	case ctx.Err() != nil:
	case alone: // it fell over this one, which is a way to find it
		r.alone(complaint.String())
	case done < len(spots):
		r.take(spots[done], finding{Verdict: Crashed, Why: frames(complaint.String())})
		done++
	}
	return done, nil
}

func (r *Run) alone(found string) {
	if found == "" {
		r.result.Alone++
	}
}

// frames are the functions of the first goroutine of a trace; of a process that was killed because it hung there are none.
func frames(trace string) string {
	if trace == "" {
		return "it hangs"
	}
	var out []string
	for line := range strings.Lines(trace) {
		if line = strings.TrimSpace(line); strings.Contains(line, "(") && !strings.Contains(line, ".go:") && len(out) < 14 {
			out = append(out, line[:strings.LastIndex(line, "(")])
		}
	}
	return strings.Join(out, " < ")
}

func (r *Run) take(s spot, f finding) {
	r.result.Flips++
	switch f.Verdict {
	case Harmless:
		r.result.Harmless++
	case Named:
		r.result.Named++
	case Undone:
		r.result.Undone++
	case Silent:
		r.result.Silent++
	case Crashed:
		r.result.Crashed++
	}
	if f.Verdict != Named && f.Verdict != Harmless {
		const most = 1000
		why := strings.ReplaceAll(f.Why, "\n", " | ")
		fmt.Fprintf(r.Out, "bit %d of byte %d: %s: %s\n", s.Bit, s.At, f.Verdict, why[:min(most, len(why))])
		r.keep(s)
	}
}

// keep leaves the flipped directory, as the examiner lays it.
func (r *Run) keep(s spot) {
	if r.Keep == "" {
		return
	}
	to := filepath.Join(r.Keep, fmt.Sprintf("flip-%d-%d", s.At, s.Bit))
	x := examiner{dir: to}
	err := x.take(r.whole())
	if err == nil {
		err = x.lay(s.At, s.Bit)
	}
	if err != nil {
		fmt.Fprintln(r.Out, "it is not kept:", err)
	}
}
