package promise

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"markaz.example/cmd/markaz-torture/cut"
	"markaz.example/cmd/markaz-torture/flip"
	"markaz.example/cmd/markaz-torture/full"
	"markaz.example/cmd/markaz-torture/platter"
	"markaz.example/cmd/markaz-torture/victim"
)

var (
	errBroken   = errors.New("a promise was broken")
	errNoTeeth  = errors.New("the control was not caught, so this run would notice nothing")
	errStranger = errors.New("there is no such row")
)

// controlCuts are enough for a control to lose a dozen times. A node of headquarters may wait for ever for what a liar lost, so
// it has fewer.
func controlCuts(kind victim.Kind) int {
	if kind == victim.Group {
		return 20
	}
	return 60
}

// controlHangs is how long such a node is waited for: in a control it counts as caught.
const controlHangs = 3 * time.Second

// cuts takes the power from a writer. Its control is the same writer on a disk that lies.
func cuts(kind victim.Kind) func(context.Context, Job) Outcome {
	return func(ctx context.Context, j Job) Outcome {
		got, err := (&cut.Run{Kind: kind, Cuts: j.Count, Seed: j.Seed, Image: platter.Mixed, Out: j.Out}).Do(ctx)
		if err != nil {
			return Outcome{Err: err}
		}
		liar, err := (&cut.Run{Kind: kind, Cuts: controlCuts(kind), Seed: j.Seed, Image: platter.Drop, Lying: true, Hangs: controlHangs, Out: io.Discard}).Do(ctx)
		if err != nil {
			return Outcome{Result: got.String(), Err: err}
		}
		early, err := (&cut.Run{Kind: kind, Cuts: controlCuts(kind), Seed: j.Seed, Image: platter.Drop, Early: true, Hangs: controlHangs, Out: io.Discard}).Do(ctx)
		return Outcome{
			Result:  got.String(),
			Control: fmt.Sprintf("a lying sync was caught %d times in %d cuts, an early answer %d in %d", liar.Lost+liar.Unsound, liar.Cuts, early.Lost, early.Cuts),
			Err:     errors.Join(err, held(got.Sound()), toothed(liar.Lost+liar.Unsound > 0 && early.Lost > 0)),
		}
	}
}

// fails fails each sync in turn. Its control is a writer that answers before it saves.
func fails(kind victim.Kind) func(context.Context, Job) Outcome {
	return func(ctx context.Context, j Job) Outcome {
		got, err := (&cut.Fail{Kind: kind, Every: j.Full, Seed: j.Seed, Out: j.Out}).Do(ctx)
		if err != nil {
			return Outcome{Err: err}
		}
		early, err := (&cut.Fail{Kind: kind, Early: true, Seed: j.Seed, Out: io.Discard}).Do(ctx)
		return Outcome{
			Result:  got.String(),
			Control: fmt.Sprintf("an early answer was caught at %d of %d syncs", early.Lost, early.Cuts),
			Err:     errors.Join(err, held(got.Sound()), toothed(early.Lost > 0)),
		}
	}
}

// fulls fills disks. Its control is a disk that does not say that it is full.
func fulls(profiles string) func(context.Context, Job) Outcome {
	return func(ctx context.Context, j Job) Outcome {
		got, err := (&full.Run{Times: j.Count, Seed: j.Seed, Profiles: profiles, Out: j.Out}).Do(ctx)
		if err != nil {
			return Outcome{Err: err}
		}
		mute, err := (&full.Run{Times: 1, Seed: j.Seed, Profiles: profiles, Mute: true, Out: io.Discard}).Do(ctx)
		return Outcome{
			Result:  got.String(),
			Control: fmt.Sprintf("an I/O error in place of the word was caught %d of %d times", mute.Broken, mute.Times),
			Err:     errors.Join(err, held(got.Sound()), toothed(mute.Broken > 0)),
		}
	}
}

// flips flips bits. Its control is bbolt's own check in place of the chain and the sums.
func flips(below string) func(context.Context, Job) Outcome {
	return func(ctx context.Context, j Job) Outcome {
		got, err := (&flip.Run{Flips: j.Count, Seed: j.Seed, Below: below, Out: j.Out}).Do(ctx)
		return Outcome{
			Result:  got.String(),
			Control: fmt.Sprintf("bbolt's own check alone would have let %d go silent", got.Alone),
			Err:     errors.Join(err, held(err != nil || got.Sound()), toothed(err != nil || got.Alone > 0)),
		}
	}
}

func held(ok bool) error {
	if ok {
		return nil
	}
	return errBroken
}

func toothed(ok bool) error {
	if ok {
		return nil
	}
	return errNoTeeth
}
