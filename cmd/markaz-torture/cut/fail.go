package cut

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"markaz.example/cmd/markaz-torture/mount"
	"markaz.example/cmd/markaz-torture/platter"
	"markaz.example/cmd/markaz-torture/victim"
	"markaz.example/edge/chain"
)

// Fail is an I/O error at each sync of a short life in turn: the first, the second, until one is reached no more. After
// each the power is cut at once, and what a caller was told or a sender could see must be there. Set the fields, then call
// Do once.
type Fail struct {
	Kind  victim.Kind
	Every bool   // with every image in turn after each error, and with what the error was about forgotten or not; else only what was synced survives
	Early bool   // a control: the writer acknowledges before it saves
	Step  int64  // from one sync that fails to the next; 0 means 1, every one
	Seed  uint64 // of the images
	Out   io.Writer

	run Run
}

// Do fails every sync. What it finds is in the result, whose cuts are the positions tried.
func (f *Fail) Do(ctx context.Context) (out Result, err error) {
	r := &f.run
	r.Kind, r.Early, r.Out = f.Kind, f.Early, f.Out
	if r.Out == nil {
		r.Out = io.Discard
	}
	r.random = rand.New(rand.NewPCG(f.Seed, f.Seed))
	if r.scrap, err = os.MkdirTemp("", "markaz-torture-"); err != nil {
		return out, err
	}
	defer os.RemoveAll(r.scrap)
	begin := time.Now()
	for at := int64(1); at <= syncsMost; at += max(f.Step, 1) {
		more := false
		for _, way := range f.ways() {
			if more, err = f.one(ctx, at, way); err != nil {
				return r.result, err
			}
		}
		if !more {
			break
		}
	}
	r.result.Took = time.Since(begin)
	return r.result, ctx.Err()
}

// way is what comes after an error.
type way struct {
	image  platter.Image
	forget bool
}

func (f *Fail) ways() (out []way) {
	if !f.Every {
		return []way{{platter.Drop, true}}
	}
	for _, image := range platter.Images() {
		out = append(out, way{image, false}, way{image, true})
	}
	return out
}

// one fails one sync. It is false when the life was over before.
func (f *Fail) one(ctx context.Context, at int64, w way) (failed bool, err error) {
	r := &f.run
	r.disk, r.acked = platter.New(), map[string]chain.Position{}
	m, err := mount.On(r.disk)
	if err != nil {
		return false, err
	}
	r.path = m.Path
	failed, err = f.live(ctx, at, w)
	if e := m.Close(); err == nil {
		err = e
	}
	return failed, err
}

func (f *Fail) live(ctx context.Context, at int64, w way) (failed bool, err error) {
	r := &f.run
	r.disk.Arm(platter.Fault{FailSync: at, Forget: w.forget})
	stop := answers
	if f.Kind == victim.Archive {
		stop = turns
	}
	lines, complaint, err := r.victim(ctx, victim.Config{Stop: stop})
	if err != nil {
		return false, err
	}
	name, failed := r.disk.Failed()
	if !failed {
		return false, nil
	}
	r.result.Cuts++
	f.first(at, name, lines, complaint)
	r.disk.Cut()
	r.disk.Restore(w.image, r.random)
	r.disk.Arm(platter.Fault{})
	lines, complaint, err = r.victim(ctx, victim.Config{Stop: 1})
	if err != nil {
		return true, err
	}
	r.wrong(crashed(complaint), at, "it crashed afterwards: "+head(complaint))
	for _, l := range lines {
		r.hear(l)
	}
	return true, nil
}

// first judges the life with the error: whatever could be seen counts as promised, and the writer must end with words, unless
// what could not be saved is something beside the file that it writes, without which it can go on.
func (f *Fail) first(at int64, name string, lines []victim.Line, complaint string) {
	r := &f.run
	words := false
	for _, l := range lines {
		switch l.Word {
		case victim.Acked, victim.Seen:
			if l.At.Seq >= r.acked[l.Chain].Seq {
				r.acked[l.Chain] = l.At
			}
			r.result.Acked++
		case victim.Refused, victim.Missed, victim.Leaves:
			words = true
		case victim.Lost, victim.Unsound:
			r.wrong(true, at, l.String())
		}
	}
	name = strings.TrimSuffix(name, ".new")
	store := name == "ledger.db" || name == "archive.db"
	r.wrong(!words && store, at, "an I/O error of "+name+", and the writer goes on without a word")
	r.wrong(crashed(complaint), at, "it crashed: "+head(complaint))
}

func (r *Run) wrong(is bool, at int64, text string) {
	if is {
		r.result.Unsound++
		fmt.Fprintf(r.Out, "sync %d: %s\n", at, text)
	}
}
