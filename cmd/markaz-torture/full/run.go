package full

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"markaz.example/cmd/markaz-torture/mount"
	"markaz.example/cmd/markaz-torture/platter"
	"markaz.example/cmd/markaz-torture/victim"
	"markaz.example/edge/berth"
)

// Run is a number of boxes whose disk fills up. Set the fields, then call Do once.
type Run struct {
	Times    int
	Seed     uint64 // of the moments
	Profiles string // directory of device profiles
	Mute     bool   // a control: the disk answers with an I/O error instead of saying that it is full
	Out      io.Writer

	random *rand.Rand
	scrap  string
	disk   *platter.Disk
	path   string
	result Result
}

// Result is what a run came to.
type Result struct {
	Times, Broken int
	Done, Refused int // presses while the disk had little or no room: carried out, or refused because of that
	Given         int // numbers, all of them found again after a power cut
	Took          time.Duration
}

// Sound is whether every promise held, and presses were refused at all.
func (r Result) Sound() bool { return r.Broken == 0 && r.Refused > 0 && r.Given > 0 }

func (r Result) String() string {
	return fmt.Sprintf("%d disks filled, %d presses carried out and %d refused in words meanwhile, %d numbers kept, %d times broken",
		r.Times, r.Done, r.Refused, r.Given, r.Broken)
}

// Do fills disks. It reports what keeps it from that; what it finds is in the result.
func (r *Run) Do(ctx context.Context) (out Result, err error) {
	if r.Out == nil {
		r.Out = io.Discard
	}
	r.random = rand.New(rand.NewPCG(r.Seed, r.Seed))
	if r.scrap, err = os.MkdirTemp("", "markaz-torture-"); err != nil {
		return out, err
	}
	defer os.RemoveAll(r.scrap)
	begin := time.Now()
	for r.result.Times < r.Times && ctx.Err() == nil {
		if err := r.once(ctx); err != nil {
			return r.result, err
		}
		r.result.Times++
	}
	r.result.Took = time.Since(begin)
	return r.result, ctx.Err()
}

func (r *Run) once(ctx context.Context) error {
	r.disk = platter.New()
	m, err := mount.On(r.disk)
	if err != nil {
		return err
	}
	r.path = m.Path
	err = r.begin(ctx)
	r.disk.Cut() // a process that could not be waited for has nothing to write to
	return errors.Join(err, m.Close())
}

// begin opens a box, which is no promise of this run, and lets it live.
func (r *Run) begin(ctx context.Context) error {
	if r.small() {
		r.disk.Room(smallPages)
	}
	b, err := r.open(ctx)
	if err != nil {
		return err
	}
	if err := b.open(ctx, 1+r.random.IntN(before)); err != nil {
		b.kill()
		return b.blame(err)
	}
	if broken := r.life(ctx, b); broken != nil {
		r.result.Broken++
		fmt.Fprintf(r.Out, "disk %d: %v\n", r.result.Times+1, broken)
	}
	return nil
}

// life is that of one disk and two processes on it.
func (r *Run) life(ctx context.Context, b *box) (err error) {
	defer func() { b.kill(); err = b.blame(err) }()
	if err := r.ahead(ctx); err != nil {
		return err
	}
	r.disk.Arm(platter.Fault{Mute: r.Mute})
	r.tighten()
	if err := r.crowd(ctx, b); err != nil {
		return err
	}
	r.disk.Room(0)
	if err := b.goesOn(ctx); err != nil {
		return err
	}
	b.kill()
	return r.after(ctx, b.given)
}

// ahead waits until a box that had room has taken it, which it does beside its work.
func (r *Run) ahead(ctx context.Context) error {
	if r.small() {
		return nil
	}
	used := int64(0)
	err := await(ctx, "room to be taken ahead", func() bool { used, _ = r.disk.Usage(); return used >= aheadPages })
	if err != nil {
		err = fmt.Errorf("%w: %d pages are", err, used)
	}
	return err
}

// tighten leaves a little room.
func (r *Run) tighten() {
	used, _ := r.disk.Usage()
	r.disk.Room(used + 1 + r.random.Int64N(left))
}

// small is whether the box has neither room nor a ballast: every other disk is so.
func (r *Run) small() bool { return r.result.Times%2 == 0 }

// crowd presses while there is little room. On a small disk there is none soon, and presses are refused; on another the box
// lives on what it took ahead, and none may be.
func (r *Run) crowd(ctx context.Context, b *box) error {
	refused, n := 0, 0
	for ; refused < refusals && n < r.presses(); n++ {
		a, err := b.anything(ctx, r.random)
		if err != nil {
			return err
		}
		switch {
		case a.done:
			r.result.Done++
		case a.full:
			refused++
			r.result.Refused++
		}
	}
	switch {
	case r.small() && refused < refusals:
		return fmt.Errorf("%d presses, and the disk is not full", n)
	case !r.small() && refused > 0:
		return fmt.Errorf("%d of %d presses were refused though there was room ahead", refused, n)
	}
	return b.look(ctx)
}

// presses is how many come at the most.
func (r *Run) presses() int {
	if r.small() {
		return pressesMost
	}
	return pressesAhead
}

// look is that every page comes.
func (b *box) look(ctx context.Context) error {
	for _, page := range []string{b.public + "/kiosk?lang=ur", b.public + "/hall", b.desks + "/desk/A?lang=en", b.desks + "/floor"} {
		if err := b.page(ctx, page); err != nil {
			return err
		}
	}
	return nil
}

// after cuts the power and asks the next process for everybody who was given a number.
func (r *Run) after(ctx context.Context, given []string) error {
	r.disk.Cut()
	r.disk.Restore(platter.Drop, r.random)
	b, err := r.open(ctx)
	if err != nil {
		return err
	}
	defer b.kill()
	for _, v := range given {
		if err := b.page(ctx, b.desks+"/api/slip/"+v); err != nil {
			return b.blame(fmt.Errorf("visit %s was given a number: %w", v, err))
		}
		r.result.Given++
	}
	return nil
}

// box is a process and the people at its pages.
type box struct {
	*hall
	cmd   *exec.Cmd
	said  bytes.Buffer
	gone  bool
	given []string
}

func (r *Run) open(ctx context.Context) (*box, error) {
	at, err := berth.Addresses(2)
	if err != nil {
		return nil, err
	}
	b := &box{hall: newHall(at[0], at[1], filepath.Join(r.path, victim.Root))}
	b.cmd, err = victim.Command(ctx, victim.Config{
		Kind: victim.Floor, Dir: r.path, Listen: at[0], Desks: at[1], Profiles: r.Profiles, Scrap: r.scrap, Ahead: !r.small(),
	})
	if err != nil {
		return nil, err
	}
	b.cmd.Stdout, b.cmd.Stderr = &b.said, &b.said
	if err := b.cmd.Start(); err != nil {
		return nil, err
	}
	if err := await(ctx, "the box to serve", func() bool { return b.page(ctx, b.public+"/healthz") == nil }); err != nil {
		b.kill()
		return nil, b.blame(err)
	}
	return b, nil
}

func (b *box) kill() {
	if b.gone {
		return
	}
	b.gone = true
	_ = b.cmd.Process.Kill()
	_ = b.cmd.Wait() // killed: that is the point
	b.http.CloseIdleConnections()
}

// blame adds what the process said last, once it has ended.
func (b *box) blame(err error) error {
	if err == nil || !b.gone {
		return err
	}
	const most = 600
	text := strings.TrimSpace(b.said.String())
	return fmt.Errorf("%w; the box said: %s", err, text[max(0, len(text)-most):])
}

// open gives the first numbers, and waits until the first paper is out so that somebody can be called.
func (b *box) open(ctx context.Context, people int) error {
	for range people {
		if err := b.number(ctx); err != nil {
			return err
		}
	}
	return await(ctx, "somebody to be called", func() bool { a, err := b.call(ctx, "next"); return err == nil && a.done })
}

func (b *box) number(ctx context.Context) error {
	a, err := b.ask(ctx, "kafaalat")
	if err == nil && !a.done {
		err = fmt.Errorf("%w: no number though there is room", errNoAnswer)
	}
	if err == nil {
		b.given = append(b.given, a.visit)
	}
	return err
}

// anything is a press at a kiosk or a desk.
func (b *box) anything(ctx context.Context, random *rand.Rand) (answer, error) {
	switch random.IntN(4) {
	case 0:
		return b.call(ctx, "next")
	case 1:
		return b.call(ctx, "present")
	}
	a, err := b.ask(ctx, "loans")
	if a.done {
		b.given = append(b.given, a.visit)
	}
	return a, err
}

// goesOn is that the same process gives numbers again once there is room.
func (b *box) goesOn(ctx context.Context) error {
	return await(ctx, "a number once there is room", func() bool {
		a, err := b.ask(ctx, "loans")
		if a.done {
			b.given = append(b.given, a.visit)
		}
		return err == nil && a.done
	})
}
