package cut

import (
	"bufio"
	"bytes"
	"cmp"
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

// Run is a number of cuts. Set the fields, then call Do once.
type Run struct {
	Kind  victim.Kind
	Cuts  int
	Seed  uint64        // of the moments and the images; what callers draw for names is not repeated
	Image platter.Image // Mixed unless one alone is asked for
	Lying bool          // a control: the disk says that it synced and did not
	Early bool          // a control: the writer acknowledges before it saves
	Hangs time.Duration // how long a victim may take to reach its cut; 0 means as long as a busy machine needs
	Out   io.Writer     // each thing that is wrong, as it is found; may be nil

	disk   *platter.Disk
	path   string
	scrap  string
	random *rand.Rand
	acked  map[string]chain.Position
	starts int
	result Result
}

// Do cuts. It reports what keeps it from cutting, mount.ErrNone above all; what it finds is in the result.
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
	for r.result.Cuts < r.Cuts && ctx.Err() == nil {
		if err := r.life(ctx); err != nil {
			return r.result, err
		}
	}
	r.result.Took = time.Since(begin)
	return r.result, ctx.Err()
}

// life is that of one disk.
func (r *Run) life(ctx context.Context) error {
	r.disk, r.acked = platter.New(), map[string]chain.Position{}
	m, err := mount.On(r.disk)
	if err != nil {
		return err
	}
	r.path = m.Path
	for i := 0; i < fresh && r.result.Cuts < r.Cuts && ctx.Err() == nil; i++ {
		ok, err := r.once(ctx, i == 0)
		if err != nil {
			return fmt.Errorf("%w (%w)", err, m.Close())
		}
		if !ok {
			break // what is wrong stays wrong: the next disk
		}
	}
	return m.Close()
}

// once starts a victim, cuts its power, and decides what is left. It is false when something is wrong.
func (r *Run) once(ctx context.Context, first bool) (ok bool, err error) {
	steps := int64(stepsMost)
	if r.Kind == victim.Group {
		steps = stepsGroup
	}
	if first || r.random.IntN(4) == 0 {
		steps = stepsNew
	}
	r.disk.Arm(platter.Fault{CutAt: 1 + r.random.Int64N(steps), Lying: r.Lying})
	r.starts++
	lines, said, err := r.victim(ctx, victim.Config{Views: r.starts%viewsEvery == 0, Blocks: r.starts%2 == 0})
	if err != nil {
		return false, err
	}
	r.result.Cuts++
	r.result.Steps += r.disk.Steps()
	ok = r.take(lines, said)
	r.disk.Cut()
	r.disk.Restore(r.Image, r.random)
	return ok, nil
}

// victim runs one until its power is gone or it ends, and gives what it said.
func (r *Run) victim(ctx context.Context, c victim.Config) (lines []victim.Line, stderr string, err error) {
	dark := r.disk.Dark()
	c.Kind, c.Dir, c.Acked, c.Seed, c.Early, c.Scrap = r.Kind, r.path, r.acked, r.random.Uint64(), r.Early, r.scrap
	cmd, err := victim.Command(ctx, c)
	if err != nil {
		return nil, "", err
	}
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for text := bufio.NewScanner(pipe); text.Scan(); {
			lines = append(lines, victim.Parse(text.Text()))
		}
	}()
	hung := false
	select {
	case <-dark:
	case <-ended: // it left before its power did
	case <-time.After(cmp.Or(r.Hangs, patience)):
		hung = true
	}
	_ = cmd.Process.Kill()
	<-ended
	_ = cmd.Wait() // killed: that is the point
	if hung {
		lines = append(lines, victim.Line{Word: victim.Unsound, Text: "it hangs"})
	}
	return lines, complaint.String(), ctx.Err()
}

// take counts what was said. What a victim says of a disk whose power is off is no news.
func (r *Run) take(lines []victim.Line, stderr string) (ok bool) {
	select {
	case <-r.disk.Dark():
	default:
		if len(lines) == 0 || lines[len(lines)-1].Text == "" {
			lines = append(lines, victim.Line{Word: victim.Unsound, Text: "it ended with power on: " + head(stderr)})
		}
	}
	if crashed(stderr) {
		lines = append(lines, victim.Line{Word: victim.Unsound, Text: "it crashed: " + head(stderr)})
	}
	ok = true
	for _, l := range lines {
		ok = r.hear(l) && ok
	}
	return ok
}

func (r *Run) hear(l victim.Line) bool {
	switch l.Word {
	case victim.Opened:
		r.result.Opened++
	case victim.Acked:
		r.result.Acked++
		if l.At.Seq >= r.acked[l.Chain].Seq {
			r.acked[l.Chain] = l.At
		}
	case victim.Lost:
		r.result.Lost++
	case victim.Unsound:
		r.result.Unsound++
	case victim.Missed:
		return true // what it is for comes to light at the next start
	case victim.Refused, victim.Leaves:
		if r.dark() { // who refuses for another reason ends before
			return true
		}
		r.result.Refused++
	}
	if l.Text != "" {
		fmt.Fprintf(r.Out, "cut %d: %s\n", r.result.Cuts, l)
	}
	return l.Text == ""
}

func (r *Run) dark() bool {
	select {
	case <-r.disk.Dark():
		return true
	default:
		return false
	}
}

func crashed(stderr string) bool {
	for _, sign := range []string{"panic:", "fatal error:", "unexpected fault"} {
		if strings.Contains(stderr, sign) {
			return true
		}
	}
	return false
}

// head is as much of a complaint as fits a line.
func head(text string) string {
	const most = 400
	text = strings.ReplaceAll(strings.TrimSpace(text), "\n", " | ")
	return text[:min(len(text), most)]
}
