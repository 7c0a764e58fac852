// Command markaz-torture breaks the world around the real programs, and counts which promises held.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"markaz.example/cmd/markaz-torture/cut"
	"markaz.example/cmd/markaz-torture/flip"
	"markaz.example/cmd/markaz-torture/full"
	"markaz.example/cmd/markaz-torture/platter"
	"markaz.example/cmd/markaz-torture/promise"
	"markaz.example/cmd/markaz-torture/victim"
)

type commands struct {
	Quick quickCmd `cmd:"" help:"Every promise that this program tries itself, at the counts of make test."`
	All   allCmd   `cmd:"" help:"Every promise of the table in turn, at full counts; run it in the top directory, after make build."`
	Cut   cutCmd   `cmd:"" help:"Take the power from a real writer at random I/Os."`
	Fail  failCmd  `cmd:"" help:"Answer each sync of a real writer in turn with an I/O error."`
	Flip  flipCmd  `cmd:"" help:"Flip single bits of a ledger file that are in use."`
	Fill  fillCmd  `cmd:"" help:"Take the room from the disk of a whole box while people press, and give it back."`
}

func main() {
	if victim.Main() || flip.Main() {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	line := kong.Parse(&commands{}, kong.Name("markaz-torture"),
		kong.Description("Faults of disk and power under the real programs of markaz. Every person and number is made up."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	line.FatalIfErrorf(line.Run())
}

// rows are those to run.
type rows struct {
	Only     []string `placeholder:"CODE" help:"Only these rows: box, archive, raft, eio, eio-archive, flip, full; of all, others too."`
	Seed     uint64   `default:"1" help:"Of everything that is drawn."`
	Profiles string   `default:"firmware-configs" type:"existingdir" help:"Device profiles."`
}

func (r rows) pick() ([]promise.Row, error) {
	return promise.Pick(promise.Rows(memory(), r.Profiles), r.Only)
}

// memory is a directory for copies that nobody needs after a power cut.
func memory() string {
	const shm = "/dev/shm"
	if _, err := os.Stat(shm); err == nil {
		return shm
	}
	return os.TempDir()
}

type quickCmd struct{ rows }

// Run fails when a promise was broken or a control was not caught.
func (c quickCmd) Run(ctx context.Context) error {
	all, err := c.pick()
	if err != nil {
		return err
	}
	var inside []promise.Row
	for _, r := range all {
		if r.Inside {
			inside = append(inside, r)
		}
	}
	lines, err := promise.Run(ctx, inside, false, 1, c.Seed, os.Stdout)
	return errors.Join(err, promise.Print(os.Stdout, lines))
}

type allCmd struct {
	rows
	Factor   float64 `default:"1" help:"So much of each full count; 0.01 for a trial."`
	Markdown string  `type:"path" placeholder:"FILE" help:"Write the table for docs/reliability.md here as well."`
	Log      string  `type:"path" placeholder:"FILE" help:"What the rows say while they run; otherwise to standard error."`
}

// Run goes on after a row that fails, and fails at the end.
func (c allCmd) Run(ctx context.Context) error {
	all, err := c.pick()
	if err != nil {
		return err
	}
	out := io.Writer(os.Stderr)
	if c.Log != "" {
		f, err := os.Create(c.Log)
		if err != nil {
			return err
		}
		defer f.Close()
		out = f
	}
	lines, err := promise.Run(ctx, all, true, c.Factor, c.Seed, out)
	err = errors.Join(err, promise.Print(os.Stdout, lines))
	if c.Markdown == "" {
		return err
	}
	f, e := os.Create(c.Markdown)
	if e != nil {
		return errors.Join(err, e)
	}
	return errors.Join(err, promise.Markdown(f, promise.Here(), time.Now(), lines), f.Close())
}

type cutCmd struct {
	Kind  victim.Kind `arg:"" enum:"ledger,archive,group" help:"Of the writer: ledger, archive or group."`
	Cuts  int         `default:"1000" help:"How often."`
	Image string      `default:"mixed" help:"What a cut leaves: drop, all, prefix, sectors, pages, bytes or mixed."`
	Seed  uint64      `default:"1" help:"Of the moments and the images."`
	Lying bool        `help:"A control, which must lose: the disk says that it synced and did not."`
	Early bool        `help:"A control, which must lose: the writer answers before it saves."`
}

// Run fails when anything was lost, or was not what it must be.
func (c cutCmd) Run(ctx context.Context) error {
	image, err := platter.ParseImage(c.Image)
	if err != nil {
		return err
	}
	r := cut.Run{Kind: c.Kind, Cuts: c.Cuts, Seed: c.Seed, Image: image, Lying: c.Lying, Early: c.Early, Out: os.Stdout}
	got, err := r.Do(ctx)
	return judged(got, got.Sound(), err)
}

type failCmd struct {
	Kind  victim.Kind `arg:"" enum:"ledger,archive" help:"Of the writer: ledger or archive."`
	Every bool        `help:"With every way in which a cut may follow."`
	Early bool        `help:"A control, which must lose: the writer answers before it saves."`
	Seed  uint64      `default:"1" help:"Of the images."`
}

// Run fails when anything was lost, or was not what it must be.
func (c failCmd) Run(ctx context.Context) error {
	r := cut.Fail{Kind: c.Kind, Every: c.Every, Early: c.Early, Seed: c.Seed, Out: os.Stdout}
	got, err := r.Do(ctx)
	return judged(got, got.Sound(), err)
}

type flipCmd struct {
	Flips int    `default:"500" help:"How many."`
	Seed  uint64 `default:"1" help:"Of the bits."`
	Keep  string `type:"path" placeholder:"DIR" help:"Leave the files of flips that are silent, or over which the process falls, in this directory."`
}

// Run fails when a flip was silent.
func (c flipCmd) Run(ctx context.Context) error {
	r := flip.Run{Flips: c.Flips, Seed: c.Seed, Below: memory(), Out: os.Stdout, Keep: c.Keep}
	got, err := r.Do(ctx)
	return judged(got, got.Sound(), err)
}

type fillCmd struct {
	Times    int    `default:"1" help:"How many disks."`
	Seed     uint64 `default:"1" help:"Of the moments."`
	Profiles string `default:"firmware-configs" type:"existingdir" help:"Device profiles."`
	Mute     bool   `help:"A control, which must fail: the disk answers with an I/O error instead of saying that it is full."`
}

// Run fails when a press was not answered, a number was forgotten, or the box did not go on.
func (c fillCmd) Run(ctx context.Context) error {
	r := full.Run{Times: c.Times, Seed: c.Seed, Profiles: c.Profiles, Mute: c.Mute, Out: os.Stdout}
	got, err := r.Do(ctx)
	return judged(got, got.Sound(), err)
}

func judged(got fmt.Stringer, sound bool, err error) error {
	if err != nil {
		return err
	}
	fmt.Println(got)
	if !sound {
		return errors.New("a promise was broken")
	}
	return nil
}
